"""One page in the browser: what it asks for, and when it has come to rest."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from playwright.async_api import Page
from playwright.async_api import Request as Asked

from newsarchive.rendering.base import Limits, script
from newsarchive.rendering.reach import Reach

LOADED = frozenset({"document", "script", "xhr", "fetch"})
"""The kinds of resources that may bring words: no pictures, fonts, styles, media, event streams."""

REMEMBERED = 20
PAUSE_S = 0.1
LENGTH = "document.documentElement.outerHTML.length"


@dataclass(eq=False)  # without slots: Playwright leaves its mark in whoever listens to a page
class Visit:
    """What one page may do, and did."""

    reach: Reach
    limits: Limits
    labels: Sequence[str]
    engine: str = ""  # known once there is a browser
    asked: int = 0
    refused: list[str] = field(default_factory=list)
    is_cut: bool = False
    _waiting: set[Asked] = field(default_factory=set)

    def refuses(self, asked: Asked) -> bool:
        """Return whether a request is not to be made, and count it if it is."""
        is_wanted = asked.resource_type in LOADED and self.asked < self.limits.requests
        if is_wanted and self.reach.admits(asked.url):
            self.asked += 1
            self._waiting.add(asked)
            return False
        if len(self.refused) < REMEMBERED:
            self.refused.append(asked.url)
        return True

    def note_redirect(self, asked: Asked) -> None:
        """Count a request that follows a redirect: Playwright asks nobody about these."""
        if asked.redirected_from is not None:
            self.asked += 1

    def end(self, asked: Asked) -> None:
        """Note that a request has its answer, or gets none."""
        self._waiting.discard(asked)

    async def settle(self, page: Page) -> None:
        """Wait until the page has come to rest, and press what brings more, within the limits."""
        deadline = monotonic() + self.limits.settle_s
        press = f"({script('more.js')})"
        await self._rest(page, deadline)
        clicks = 0
        while (
            clicks < self.limits.clicks
            and monotonic() < deadline
            and await page.evaluate(press, self.labels)
        ):
            clicks += 1
            await self._rest(page, deadline)
        self.is_cut = (
            monotonic() >= deadline
            or clicks >= self.limits.clicks
            or self.asked >= self.limits.requests
        )

    async def _rest(self, page: Page, deadline: float) -> None:
        quiet_since, before = monotonic(), -1
        while monotonic() < deadline and monotonic() - quiet_since < self.limits.quiet_s:
            await asyncio.sleep(PAUSE_S)
            now = await page.evaluate(LENGTH)
            if now != before or self._waiting:
                quiet_since, before = monotonic(), now
