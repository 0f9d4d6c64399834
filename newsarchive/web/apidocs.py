"""The API, told to people: every question with its parameters, from its own description."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from newsarchive.web.site import Served

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One question that the API answers."""

    path: str
    about: str
    parameters: list[Mapping[str, Any]]


@router.get("/api")
def show_api(request: Request, site: Served) -> HTMLResponse:
    """Show what can be asked."""
    described = request.app.openapi()
    questions = list(_read(described))
    return site.page(request, "api.html", about=request.app.description, questions=questions)


def _read(described: Mapping[str, Any]) -> Iterator[Question]:
    for path, methods in described["paths"].items():
        told = methods["get"]
        yield Question(path, told["description"], told.get("parameters", []))
