"""What every page needs: the archive, the clock, the texts, and how a template becomes a page."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from newsarchive.cleaning.dates import day_in_amsterdam
from newsarchive.config import Clock
from newsarchive.sources import DEFAULT_SOURCE
from newsarchive.storage import Archive
from newsarchive.web.figures import Figures
from newsarchive.web.texts import Texts

MACROS_KEPT = 2000
STATIC = files(__package__) / "static"


@dataclass(frozen=True, slots=True)
class Site:
    """What is served, and with what."""

    archive: Archive
    data_dir: Path
    clock: Clock
    texts: Texts
    templates: Environment
    figures: Figures
    base_url: str | None = None  # where readers find it, where that is not as they ask

    def today(self) -> date:
        """Return the day that it is in Amsterdam."""
        return day_in_amsterdam(self.clock())

    def latest_day(self) -> date | None:
        """Return the latest day with news; one ahead of today only where there is no other.

        Such a one is a publisher's slip.
        """
        _, last = self.archive.browsing.find_span()
        if last is None or last <= self.today():
            return last
        before, _ = self.archive.browsing.find_neighbours(self.today() + timedelta(days=1))
        return before or last

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Return a template as a page."""
        shown = self.templates.get_template(template)
        query = request.query_params.get("q", "")
        return HTMLResponse(shown.render(path=request.url.path, asked=query, **values), status)

    def absolute(self, request: Request, path: str) -> str:
        """Return the whole address of a page of this site."""
        base = self.base_url or f"{request.url.scheme}://{request.url.netloc}"
        return base + path


def find_site(request: Request) -> Site:
    """Return what a request is answered from."""
    site: Site = request.app.state.site
    return site


Served = Annotated[Site, Depends(find_site)]


def make_templates(texts: Texts) -> Environment:
    """Return the templates, which escape all that they are given and refuse unknown names."""
    environment = Environment(
        loader=PackageLoader("newsarchive.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=texts)
    environment.globals.update(
        article_path=article_path,
        revision_path=revision_path,
        media_path=media_path,
        static_path=static_path,
        with_query=with_query,
        shown_id=shown_id,
    )
    # The same category gives the same link, the same article the same line: a day has hundreds of
    # the one and a hundred of the other, and changes a few.
    for name in ("category_link", "story"):
        macro = getattr(environment.get_template(f"_{name}.html").module, name)
        environment.globals[name] = lru_cache(maxsize=MACROS_KEPT)(macro)
    return environment


def article_path(article: Any, tail: str = "") -> str:
    """Return the address of an article's page, or of what is below it; takes all that has both."""
    return f"/article/{quote(article.source, safe='')}/{quote(article.external_id, safe='')}{tail}"


def revision_path(article: Any, revision: Any, tail: str = "") -> str:
    """Return the address of one revision of an article."""
    return article_path(article, f"/{revision.origin}/{revision.number}{tail}")


def media_path(digest: str) -> str:
    """Return the address of a picture that is held."""
    return f"/media/{digest.removeprefix('sha256:')}"


def shown_id(article: Any) -> str:
    """Return the shortest ID that means the article."""
    if article.source == DEFAULT_SOURCE:
        return str(article.external_id)
    return f"{article.source}:{article.external_id}"


@cache
def static_path(name: str) -> str:
    """Return the address of a file of this site's own, which changes with its content."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def with_query(path: str, **values: object) -> str:
    """Return an address with these parameters, without those that are empty."""
    given = [(name, value) for name, value in values.items() if value not in {None, "", False}]
    pairs = [(name, "1" if value is True else value) for name, value in given]
    return f"{path}?{urlencode(pairs)}" if pairs else path
