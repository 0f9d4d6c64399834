"""Articles as plain text: `OUT/YYYY-MM-DD-<external id>-<slug>.txt`, beside the post of that name.

A file holds the text rendition and nothing else, not even a newline at its end.
"""

from pathlib import Path

from newsarchive.exporters.base import Export, folder
from newsarchive.model import Article


def open_text(out: Path) -> Export[Article]:
    """Open the folder `out` for one text an article."""
    return folder(out, ".txt", _text)


def _text(article: Article) -> str:
    return article.text
