"""Scrapy's own download handler, which hands pages to be rendered on to a browser."""

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Request, Response

from newsarchive.rendering.playwright import HOSTS

if TYPE_CHECKING:
    from newsarchive.rendering.chromium import Chromium


class RenderingHandler(HTTP11DownloadHandler):
    """Downloads, and renders what asks for it.

    scrapy-playwright's handler would start its driver with every crawl. This one imports it, and
    starts a browser, for the first page that needs one.
    """

    _chromium: "Chromium | None" = None

    async def download_request(self, request: Request) -> Response:
        """Return the response to `request`."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        if self._chromium is None:
            from newsarchive.rendering.chromium import Chromium  # noqa: PLC0415 - as said above

            self._chromium = Chromium(self.crawler, request.meta[HOSTS])
        return await self._chromium.render(request)

    async def close(self) -> None:
        """Close connections, and the browser where there is one."""
        if self._chromium is not None:
            await self._chromium.close()
        await super().close()
