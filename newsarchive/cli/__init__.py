"""The command line. A command is ten lines: read its options, call one function, print.

Each theme is a module, imported only when one of its commands is called, so that `--help`
answers at once. Data goes to stdout, talk to stderr.
"""

import errno
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from newsarchive import __version__
from newsarchive.exceptions import NewsArchiveError, TransferError

# Command → the module of its theme, and the line that `--help` shows.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("database", "Create an archive."),
    "upgrade": ("database", "Bring an archive to this version's schema."),
    "status": ("database", "Show feeds, counts and the latest crawl runs."),
    "doctor": ("doctor", "Check settings, archive, disk, clock and the way to the feeds."),
    "verify": ("custody", "Read everything again and name what is damaged."),
    "rebuild": ("rebuild", "Make the archive anew from its WARC files, or compare."),
    "backup": ("backup", "Copy the whole archive, also while a crawl is at work."),
    "restore": ("backup", "Make an archive of such a copy."),
    "index": ("custody", "Write the index by which a web player replays the WARC files."),
    "reindex": ("search", "Write the index of full-text search anew."),
    "crawl": ("crawl", "Poll the feeds now."),
    "schedule": ("schedule", "Crawl for ever, by a plan."),
    "alarms": ("schedule", "Look whether anybody must look, and at what."),
    "sources": ("sources", "List the sources; check their feeds; try another."),
    "list": ("reading", "List articles."),
    "search": ("search", "Find articles by the words in them."),
    "show": ("reading", "Show an article, or one of its revisions."),
    "diff": ("edits", "Show which words an edit removed and added."),
    "changes": ("changes", "List the edits, the latest first."),
    "duplicates": ("duplicates", "Show near-duplicates, and why they are linked."),
    "unlink": ("duplicates", "Undo such a link for good."),
    "withhold": ("withhold", "Hide an article everywhere, or list what is hidden."),
    "browse": ("browse", "Browse a SQLite archive in Datasette, read-only."),
    "sql": ("sql", "Ask the archive in SQL, read-only."),
    "import": ("transfer", "Read articles from files into the archive."),
    "export": ("transfer", "Write articles from the archive to files."),
    "serve": ("serve", "Show the archive as pages and as JSON."),
    "completion": ("completion", "Print what makes a shell complete commands."),
    "replica": ("replica", "Serve a small NOS of our own, to try things on."),
}


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says where the file to which stdout leads can take no more."""


class Commands(click.Group):
    """A group that knows its commands' names without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """Return the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command's theme."""
        if cmd_name not in COMMANDS:
            if ctx.resilient_parsing:  # a shell asks how to complete what nobody can
                return None
            ctx.fail(f"No such command {cmd_name!r}. Commands: {', '.join(COMMANDS)}.")
        module = import_module(f"newsarchive.cli.{COMMANDS[cmd_name][0]}")
        # `import` and `list` are words of Python's own: their functions end in an underscore.
        functions = vars(module)
        command: click.Command = functions.get(cmd_name) or functions[f"{cmd_name}_"]
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; when its reader has had enough, as in `| head`, end quietly."""
        try:
            result = super().invoke(ctx)
            click.echo(nl=False)  # flushes
        except OSError as error:
            if not isinstance(error, BrokenPipeError) and error.errno not in FULL:
                raise
            # What is still buffered would fail once more when Python closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if error.errno in FULL:
                raise TransferError(f"{error.strerror}; make room, and run it again") from error
            return None
        return result

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's interface
        """Write the table, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newsarchive")
def commands() -> None:
    """Keep every article of NOS, every edit, and the bytes they came from.

    Settings come from the environment (NEWSARCHIVE_…) or newsarchive.toml: see docs/settings.md.
    """


def main() -> None:
    """Run the command line; errors that a person can mend are one sentence and an exit code."""
    if isinstance(sys.stdout, TextIOWrapper):
        # No terminal is too old: what it cannot show is a question mark, and no traceback.
        sys.stdout.reconfigure(errors="replace")
    try:
        commands.main(prog_name="newsarchive")
    except NewsArchiveError as error:
        from newsarchive.logs import is_json, logger

        if is_json():
            logger.error("%s", error)
        else:
            click.echo(f"Error: {error}", err=True)
        sys.exit(int(error.exit_code))
