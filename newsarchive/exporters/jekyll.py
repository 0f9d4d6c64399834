"""Articles as Jekyll posts: `OUT/YYYY-MM-DD-<external id>-<slug>.html`, as `posts` has them."""

from pathlib import Path

from newsarchive.exporters.base import Export, folder
from newsarchive.model import Article
from newsarchive.posts import format_post


def open_jekyll(out: Path) -> Export[Article]:
    """Open the folder `out` for one post an article."""
    return folder(out, ".html", format_post)
