"""`newsarchive browse`: a SQLite archive in Datasette."""

from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import click

from newsarchive.config import Config
from newsarchive.exceptions import ConfigError, UsageError


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0: any free."
)
@click.option("--open", "is_opened", is_flag=True, help="Show it in the browser.")
def browse(*, port: int, is_opened: bool) -> None:
    """Browse a SQLite archive in SQL: Datasette, read-only, on this machine alone.

    The questions of docs/sql-cookbook.md are pages, with charts; SQL of one's own may ask the
    views, which show nothing of a withheld article. Its address is printed on standard output as
    soon as it answers. Ctrl-C ends it. Wants `pip install 'newsarchive[browse]'`.
    """
    from newsarchive.cookbook import parse_cookbook
    from newsarchive.storage import Archive, sqlite_path

    url = Config.load().database_url
    path = sqlite_path(url)
    if path is None:
        raise UsageError(
            "Datasette reads SQLite only, and this archive is on PostgreSQL: "
            "ask it with `newsarchive sql`, or look at it with `newsarchive serve`"
        )
    datasette_app = _import_app()
    with Archive.read(url):  # it says what is wrong where there is none, or another version's
        app = datasette_app.create_app(path, parse_cookbook(read_cookbook()))

    def ready(address: str) -> None:
        click.echo(address)
        click.echo("Ctrl-C ends it.", err=True)
        if is_opened:
            click.launch(address)

    datasette_app.serve(app, port, ready)


def _import_app() -> ModuleType:
    try:
        import datasette_vega  # noqa: F401 - Datasette finds it by itself

        return import_module("newsarchive.datasette_app")
    except ImportError as error:
        if error.name and error.name.startswith("newsarchive"):
            raise
        raise ConfigError(
            f"browsing needs {error.name}, which is not installed: "
            "pip install 'newsarchive[browse]'"
        ) from error


def read_cookbook() -> str:
    """Return docs/sql-cookbook.md: as packed in the wheel, else at the project's root."""
    packed = files("newsarchive") / "sql-cookbook.md"
    if packed.is_file():
        return packed.read_text("utf-8")
    root = Path(__file__).resolve().parents[2]
    return (root / "docs" / "sql-cookbook.md").read_text("utf-8")
