"""`newsarchive crawl`: the same crawl as Scrapy's, with honest exit codes."""

import sys
from typing import Any

import click

from newsarchive.exceptions import ExitCode, UsageError
from newsarchive.logs import is_json
from newsarchive.model import Outcome

EXIT_CODES = {
    Outcome.FINISHED: ExitCode.DONE,
    Outcome.FAILED: ExitCode.SOMETHING_FAILED,
    Outcome.UNREACHABLE: ExitCode.UNREACHABLE,
    Outcome.INTERRUPTED: ExitCode.SOMETHING_FAILED,
}


@click.command()
@click.argument("spider", default="nos")
@click.option(
    "-a", "arguments", multiple=True, metavar="NAME=VALUE", help="A spider argument; repeatable."
)
@click.option(
    "-s", "settings", multiple=True, metavar="NAME=VALUE", help="A setting, as for scrapy crawl."
)
@click.option("-v", "--verbose", is_flag=True, help="Show the log instead of the progress.")
def crawl(
    spider: str, arguments: tuple[str, ...], settings: tuple[str, ...], *, verbose: bool
) -> None:
    """Poll the feeds of SPIDER (nos) and store what is new or changed.

    The spider `feeds` does so for a source of newsarchive.toml, named by -a source=NAME.

    \b
    Arguments:
      -a categories=buitenland,tech   these categories only
      -a full=1                       ignore stored validators
      -a pages=none                   feeds only
      -a render=auto                  run the script of pages that need it (see docs/rendering.md)

    Exits 0 when everything was done, 7 when something failed (see `newsarchive status`),
    8 when nothing could be reached, 9 when another crawl is at work.
    """
    outcome, counters = run_spider(spider, pairs(arguments), pairs(settings), verbose=verbose)
    if not is_json():  # the log ends with it
        click.echo(summary(outcome, counters), err=True)
    sys.exit(int(EXIT_CODES[outcome]))


def pairs(options: tuple[str, ...]) -> dict[str, str]:
    """Return options of the form NAME=VALUE as what they say; raise UsageError for another."""
    for option in options:
        if "=" not in option:
            raise UsageError(f"{option!r} is not NAME=VALUE")
    return dict(option.split("=", 1) for option in options)


def run_spider(
    name: str, arguments: dict[str, Any], settings: dict[str, Any], *, verbose: bool
) -> tuple[Outcome, dict[str, int]]:
    """Run one spider to its end in this process; return its outcome and its counters.

    Raises what kept the run from beginning: LeaseHeldError, StorageError, UsageError; Abort where
    that was a person.
    """
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings
    from scrapy.spiderloader import SpiderLoader

    from newsarchive.extensions.crawl_run import CrawlRun

    chosen = Settings()
    chosen.setmodule("newsarchive.settings", priority="project")
    if not verbose and not is_json():
        chosen.set("LOG_LEVEL", "WARNING", priority="project")
        chosen.set("NEWSARCHIVE_PROGRESS", value=True, priority="project")
    chosen.update(settings, priority="cmdline")
    try:
        spider = SpiderLoader.from_settings(chosen).load(name)
    except KeyError:
        known = ", ".join(SpiderLoader.from_settings(chosen).list())
        raise UsageError(f"no spider is called {name!r}; there are {known}") from None
    process = AsyncCrawlerProcess(chosen)
    crawler = process.create_crawler(spider)
    task = process.crawl(crawler, **arguments)
    process.start()
    if task.done():
        task.result()  # raises what the crawler could not begin with, such as a wrong argument
    try:
        run = crawler.get_extension(CrawlRun)
    except RuntimeError as error:  # there are none yet: Ctrl-C, before Scrapy heeded it
        raise click.Abort from error
    assert run is not None, "settings.py lists it"
    if not task.done():  # asked to end for the second time, Scrapy has left at once
        return Outcome.INTERRUPTED, run.counters()
    if run.failure is not None:
        raise run.failure
    assert run.outcome is not None, "written when the spider closed"
    return run.outcome, run.counters()


SHOWN = (
    "feeds_read",
    "feeds_not_modified",
    "feeds_held_back",
    "posts_read",
    "rows_read",
    "records_read",
    "records_known",
    "records_passed_over",
    "records_torn",
    "documents_failed",
    "new",
    "changed",
    "quarantined",
)


def summary(outcome: Outcome, counters: dict[str, int]) -> str:
    """Return a run in one line."""
    looks = sorted(name for name in counters if name.startswith(("pages_", "pictures_")))
    shown = [name for name in (*SHOWN[:4], *looks, *SHOWN[4:]) if counters.get(name)]
    counted = [f"{counters[name]} {name.replace('_', ' ')}" for name in shown]
    return f"{outcome}: {', '.join(counted) or 'nothing to do'}"
