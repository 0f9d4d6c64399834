"""The columns of articles and revisions in words, for those who get them without the archive."""

from collections.abc import Mapping

from newsarchive.exporters.columns import ColumnType, columns_of

DESCRIPTIONS: Mapping[str, str] = {
    "article_id": "surrogate key of this archive",
    "source": "publisher",
    "external_id": "the publisher's own identifier of the article; a text",
    "kind": "article, liveblog, livestream, video or correction",
    "url": "canonical address",
    "title": "headline",
    "html": "body as sanitised HTML, one block a line",
    "text": "body as plain text, one blank line between blocks",
    "word_count": "words of the text",
    "category": "the most specific of its categories",
    "categories": "all its categories, sorted by name; in Parquet joined by commas",
    "image_url": "its own picture",
    "published_at": "when the publisher says that it was published",
    "published_on": "the day of that in Amsterdam",
    "modified_at": "when the page says that it was changed last",
    "first_seen_at": "when this archive saw it first",
    "last_seen_at": "when this archive saw it last",
    "revision_count": "revisions of the origin shown",
    "origin": "where this revision was read: page, feed or import",
    "number": "of the revision, from 1, per origin in order of arrival",
    "observed_at": "when the revision stood so",
    "capture_id": "surrogate key of the recorded bytes that it was read from",
    "withdrawn_at": "when the page was first found gone, once that was confirmed",
    "near_duplicate_of": "article_id of the earliest article that it is nearly the same as",
    "link": "address as delivered by the feed of its category",
    "imported_at": "when it was imported, if it was",
    "is_lossy": "whether it is an import that lacks structure",
    "content_digest": "SHA-256 of title and HTML under the digest rule",
    "digest_rule": "which rule that is",
    "crawl_run_id": "surrogate key of the run that stored it",
    "metadata": "what the page tells beside its text; in Parquet as a JSON text",
}

_FORMS = {
    ColumnType.TEXT: ("string", "string"),
    ColumnType.INTEGER: ("integer", "int64"),
    ColumnType.BOOLEAN: ("boolean", "bool"),
    ColumnType.TIME: ("string, ISO 8601 in UTC", "timestamp[us, tz=UTC]"),
    ColumnType.DAY: ("string, ISO 8601", "date32"),
    ColumnType.DOCUMENT: ("object", "string"),
}


def describe_columns(record_type: type) -> list[dict[str, str]]:
    """Return each column of a dataclass: its name, types in JSON and Parquet, and meaning.

    Raises KeyError for a column that nobody has described.
    """
    described = []
    for name, kind in columns_of(record_type).items():
        in_json, in_parquet = _FORMS[kind]
        if name == "categories":
            in_json = "array of strings"
        described.append(
            {
                "name": name,
                "json": in_json,
                "parquet": in_parquet,
                "description": DESCRIPTIONS[name],
            }
        )
    return described
