"""Pages since 2025: Next.js, blocks in `content` with `__typename` (as yt-dlp reads them, 2026-08).

Attested are `pageProps.article` or `pageProps.data`, `VideoElement` and `AudioElement`,
`videoAsset.formats[]`, `indexImage.Ratio16x9[]`, keywords as objects and `createdAt`; what else a
page has is read by its shape.
"""

from newsarchive.exceptions import ExtractionError, MissingFieldError
from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.fields import Fields, object_in, objects_in
from newsarchive.extraction.nextpage import extract_article, find_kind
from newsarchive.model import Kind


class NextArticle:
    """Reads `pageProps.article` (or `data`), whose body is `content`."""

    form = Form.NEXT_ARTICLE
    period = "since 2025"

    def recognises(self, page: SavedPage) -> bool:
        """Return whether `page` has an article whose blocks are in `content`."""
        try:
            return _find_article(page) is not None
        except ExtractionError:
            return False  # which form it has is not to be seen

    def extract(self, page: SavedPage) -> Extracted:
        """Return what the article of `page` says; see `extract_article`."""
        article = _find_article(page)
        if article is None:
            raise MissingFieldError(f"{page.url} has no pageProps.article with content.")
        kind = find_kind(article) or (Kind.ARTICLE if "content" in article else Kind.VIDEO)
        return extract_article(self.form, kind, page, article, objects_in(article, "content"))


def is_next_article(article: Fields) -> bool:
    """Tell whether `article` keeps its blocks as NOS does since 2025."""
    if isinstance(article.get("content"), list) or "videoAsset" in article:
        return True
    return find_kind(article) is not None and "__typename" in article and "items" not in article


def _find_article(page: SavedPage) -> Fields | None:
    props = page.page_props or {}
    if article := object_in(props, "article"):
        return article
    data = object_in(props, "data")
    return data if is_next_article(data) else None
