"""Pages to look at, and the same answers as JSON: reads an archive, writes nothing.

A page is whole without script, sends none, and loads nothing from elsewhere.
"""

from newsarchive.web.app import create_app, open_app
from newsarchive.web.server import serve

__all__ = ["create_app", "open_app", "serve"]
