"""`newsarchive serve`: pages to look at."""

from functools import partial
from importlib import import_module
from types import ModuleType

import click

from newsarchive.config import Config, is_web_address
from newsarchive.exceptions import ConfigError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free."
)
@click.option(
    "--base-url",
    metavar="URL",
    help="Where readers find it, behind a proxy: https://archive.example.org",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="As many answer at the same time; no more than the machine has cores.",
)
@click.option("--open", "is_opened", is_flag=True, help="Show it in the browser.")
def serve(*, host: str, port: int, base_url: str | None, processes: int, is_opened: bool) -> None:
    """Serve the archive as pages and as JSON, read-only, until it is interrupted.

    Its address is printed on standard output as soon as it answers. It asks nobody who they are:
    on another address than 127.0.0.1 everyone who reaches it reads everything.
    """
    from newsarchive.storage import Archive

    pages = _import_pages()
    config = Config.load()
    base = _checked(base_url)
    Archive.read(config.database_url).close()  # whatever is wrong with it is told at once

    def ready(address: str) -> None:
        click.echo(address)
        click.echo("Ctrl-C ends it.", err=True)
        if is_opened:
            click.launch(address)

    pages.serve(partial(pages.open_app, host, base), host, port, ready, processes)


def _import_pages() -> ModuleType:
    try:
        return import_module("newsarchive.web")
    except ImportError as error:
        if error.name and error.name.startswith("newsarchive"):
            raise
        raise ConfigError(
            f"the pages need {error.name}, which is not installed: pip install 'newsarchive[web]'"
        ) from error


def _checked(base_url: str | None) -> str | None:
    """Return the address of a site's root without its last slash; raise ConfigError for others."""
    from urllib.parse import urlsplit

    if base_url is None:
        return None
    if not is_web_address(base_url) or urlsplit(base_url).path.strip("/"):
        raise ConfigError(f"--base-url: {base_url!r} is not such as https://archive.example.org")
    return base_url.rstrip("/")
