"""How many are answered at a time: the next one is told to come back."""

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from newsarchive.web.problems import answer_problem

MOST_AT_A_TIME = 64
"""Requests that are answered or wait for it, of each process.

Not connections, as the server counts them: a proxy or browser keeps more of these than it asks by.
"""


class Crowd:
    """Answer 503 to whoever comes while so many are being answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._here = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or send it away."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._here >= MOST_AT_A_TIME:
            busy = HTTPException(503, "too many ask at a time; try again", {"Retry-After": "5"})
            answer = await answer_problem(Request(scope), busy)
            await answer(scope, receive, send)
            return
        self._here += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._here -= 1
