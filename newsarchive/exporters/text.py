"""Articles as plain text: `OUT/YYYY-MM-DD-<external id>-<slug>.txt`, beside the post of that name.

A file holds the text rendition and nothing else, not even a newline at its end.
"""

from contextlib import AbstractContextManager
from pathlib import Path

from newsarchive.exporters.base import Write, folder
from newsarchive.model import Article


def open_text(out: Path) -> AbstractContextManager[Write]:
    """Open the folder `out` for one text an article."""
    return folder(out, ".txt", _text)


def _text(article: Article) -> str:
    return article.text
