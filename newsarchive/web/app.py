"""The application: its pages and its API over one open archive."""

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from newsarchive import __version__
from newsarchive.config import Clock, Config
from newsarchive.storage import Archive
from newsarchive.web import (
    api,
    api_search,
    apidocs,
    articles,
    atom,
    dashboard,
    downloads,
    edits,
    files,
    listing,
    searching,
)
from newsarchive.web.answering import Answering
from newsarchive.web.crowd import Crowd
from newsarchive.web.figures import Figures
from newsarchive.web.problems import handle_problems
from newsarchive.web.site import Site, make_templates
from newsarchive.web.texts import load_texts

PARTS = (
    # The feed of a category comes before its page: the name of one may have slashes.
    *(atom, listing, searching, articles, edits, dashboard, downloads, files),
    *(api, api_search, apidocs),
)
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

DESCRIPTION = """\
The archive's articles, revisions and edits, as JSON. Reading only.

Times are ISO 8601 in UTC; days are Amsterdam's. A list gives at most `limit` at a time and, where
there are more, `next`: pass it as `cursor` to go on. Every answer has an `ETag`: ask again with
`If-None-Match`. Errors are `application/problem+json` (RFC 9457).
"""


def create_app(
    archive: Archive,
    data_dir: Path,
    clock: Clock,
    *,
    hosts: Sequence[str] = (),
    base_url: str | None = None,
) -> FastAPI:
    """Return the application over an archive that is open for reading.

    It answers under loopback names, `hosts`, and the host of `base_url`; under any other name a
    page of somebody else's could read the archive through its reader's browser (DNS rebinding).
    """
    texts = load_texts()
    app = FastAPI(
        title="newsarchive",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,  # these load script from elsewhere
        redoc_url=None,
        middleware=[
            Middleware(Answering),
            Middleware(Crowd),
            Middleware(
                TrustedHostMiddleware, allowed_hosts=_allowed(hosts, base_url), www_redirect=False
            ),
        ],
    )
    app.state.site = Site(
        archive=archive,
        data_dir=data_dir,
        clock=clock,
        texts=texts,
        templates=make_templates(texts),
        figures=Figures(archive, clock),
        base_url=base_url,
    )
    handle_problems(app)
    for part in PARTS:
        app.include_router(part.router)
    return app


def open_app(host: str, base_url: str | None) -> FastAPI:
    """Open the archive that is configured, for as long as this process lives, and serve it."""
    config = Config.load()
    archive = Archive.read(config.database_url)
    return create_app(archive, config.data_dir, config.clock, hosts=[host], base_url=base_url)


def _allowed(hosts: Sequence[str], base_url: str | None) -> list[str]:
    named = urlsplit(base_url).hostname if base_url else None
    return [*LOOPBACK, *map(_as_in_header, filter(None, [*hosts, named]))]


def _as_in_header(host: str) -> str:
    """Return a host as a `Host` header has it: an IPv6 address in brackets."""
    try:
        return f"[{host}]" if ip_address(host).version == 6 else host  # noqa: PLR2004 - IPv6
    except ValueError:
        return host
