"""Pages of 2021-2025: Next.js, `pageProps.data` with its blocks in `items` (page of 2024-03-12)."""

from newsarchive.exceptions import ExtractionError, MissingFieldError
from newsarchive.extraction.base import Extracted, Form, SavedPage
from newsarchive.extraction.fields import Fields, object_in, objects_in
from newsarchive.extraction.nextarticle import is_next_article
from newsarchive.extraction.nextpage import extract_article, find_kind


class NextData:
    """Reads `pageProps.data`: an article, liveblog or video by its `type`."""

    form = Form.NEXT_DATA
    period = "2021-2025"

    def recognises(self, page: SavedPage) -> bool:
        """Return whether `page` has `pageProps.data` of an article, or a broken script."""
        try:
            return _find_data(page) is not None
        except ExtractionError:
            return True  # `extract` tells what is wrong with it

    def extract(self, page: SavedPage) -> Extracted:
        """Return what `pageProps.data` of `page` says; see `extract_article`.

        Raises ExtractionError where `__NEXT_DATA__` is cut short or no JSON.
        """
        data = _find_data(page)
        kind = find_kind(data) if data else None
        if data is None or kind is None:
            raise MissingFieldError(f"{page.url} has no pageProps.data of an article.")
        return extract_article(self.form, kind, page, data, objects_in(data, "items"))


def _find_data(page: SavedPage) -> Fields | None:
    data = object_in(page.page_props or {}, "data")
    return data if find_kind(data) and not is_next_article(data) else None
