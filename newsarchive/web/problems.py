"""Errors as answers: a page for people, `application/problem+json` (RFC 9457) for programs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from newsarchive.exceptions import NotFoundError, StorageError, UsageError
from newsarchive.web.answering import HEADERS

API = "/api/"


def handle_problems(app: FastAPI) -> None:
    """Have every error of `app` answered in the form that its reader can read."""
    for error in (NotFoundError, UsageError, StorageError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, answer_problem)
    app.add_exception_handler(Exception, _answer_bug)


async def _answer_bug(request: Request, error: Exception) -> Response:
    """Return the answer to an error that nobody foresaw; the server logs it with its traceback."""
    answer = await answer_problem(request, error)
    answer.headers.update(HEADERS)  # it is answered outside of what gives them to all others
    return answer


async def answer_problem(request: Request, error: Exception) -> Response:
    """Return the answer to an error."""
    status, detail, headers = _read(error)
    if request.url.path.startswith(API):
        return problem(status, detail, headers)
    page: Response = request.app.state.site.page(
        request, "problem.html", status=int(status), code=int(status), detail=detail
    )
    page.headers.update(headers)
    return page


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str]) -> JSONResponse:
    """Return a problem; `about:blank` says that its status is all there is to its type."""
    told = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
    }
    kind = "application/problem+json"
    return JSONResponse(told, int(status), headers=dict(headers), media_type=kind)


def _read(error: Exception) -> tuple[HTTPStatus, str, Mapping[str, str]]:
    match error:
        case NotFoundError():
            return HTTPStatus.NOT_FOUND, str(error), {}
        case UsageError():
            return HTTPStatus.UNPROCESSABLE_ENTITY, str(error), {}
        case StorageError():
            return HTTPStatus.SERVICE_UNAVAILABLE, str(error), {"Retry-After": "10"}
        case RequestValidationError():
            return HTTPStatus.UNPROCESSABLE_ENTITY, _wrong(error.errors()), {}
        case HTTPException():
            return HTTPStatus(error.status_code), str(error.detail), error.headers or {}
    return HTTPStatus.INTERNAL_SERVER_ERROR, "a bug of newsarchive: the log has more of it", {}


def _wrong(errors: Any) -> str:
    """Return what is wrong with the parameters of a request, in one line."""
    return "; ".join(f"{error['loc'][-1]}: {error['msg']}" for error in errors)
