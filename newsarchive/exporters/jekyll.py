"""Articles as Jekyll posts: `OUT/YYYY-MM-DD-<external id>-<slug>.html`, as `posts` has them."""

from contextlib import AbstractContextManager
from pathlib import Path

from newsarchive.exporters.base import Write, folder
from newsarchive.posts import format_post


def open_jekyll(out: Path) -> AbstractContextManager[Write]:
    """Open the folder `out` for one post an article."""
    return folder(out, ".html", format_post)
