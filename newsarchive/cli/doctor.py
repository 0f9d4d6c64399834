"""`newsarchive doctor`: what is wrong, and what to do about it."""

import sys
from collections.abc import Iterator
from importlib.metadata import metadata, requires
from typing import Any

import click

from newsarchive.cli.arguments import json_option
from newsarchive.cli.crawl import pairs
from newsarchive.config import Config, find_given, find_unknown
from newsarchive.doctor import (
    Answer,
    Finding,
    check_answer,
    check_archive,
    check_disk,
    check_extras,
    check_folder,
    check_server_clock,
    check_time_zone,
    check_variables,
    exit_code,
    failure,
)
from newsarchive.exceptions import ConfigError, ExitCode


@click.command()
@click.option(
    "-s",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting, as for newsarchive crawl.",
)
@click.option("--offline", is_flag=True, help="Ask nobody on the network.")
@json_option
def doctor(settings: tuple[str, ...], *, offline: bool, as_json: bool) -> None:
    """Check settings, time, folders, disk, archive and the way to the feeds; write nothing.

    Each line is ok, a warning or a failure: what was found, and what to do. The network is asked
    for the robots.txt of the feeds' host and of the site's, once each.

    Exits 0 where nothing failed, else by the first failure: 2 configuration or time zones,
    3 database, folders or disk, 8 a host that cannot be reached or does not let us in.
    """
    findings = list(examine(pairs(settings), offline=offline))
    if as_json:
        from newsarchive.cli.output import print_json

        parts = ("check", "level", "found", "remedy")
        print_json([{part: getattr(finding, part) for part in parts} for finding in findings])
    else:
        from newsarchive.cli.tables import print_table

        columns = ("", "check", "found", "what to do")
        print_table(columns, [(f.level, f.check, f.found, f.remedy) for f in findings])
    sys.exit(int(exit_code(findings)))


def examine(settings: dict[str, str], *, offline: bool) -> Iterator[Finding]:
    """Yield every finding, in the order in which things are needed."""
    try:
        given = find_given(settings)
        config = Config.load(settings)
    except ConfigError as error:
        yield failure("configuration", str(error), "as it says", ExitCode.USAGE)
        return
    yield from check_variables(given, config, find_unknown())
    yield (zone := check_time_zone())
    if zone.exit_code:
        return  # times of the archive cannot be read
    yield check_folder("data folder", config.data_dir)
    yield check_folder("WARC folder", config.data_dir / "warc")
    yield check_disk(config.data_dir)
    yield from check_archive(config, config.clock())
    if not offline:
        answers = reach(config, settings)
        yield from check_server_clock(answers)
        yield from map(check_answer, answers)
    extras = metadata("newsarchive").get_all("Provides-Extra") or []
    yield from check_extras(extras, requires("newsarchive") or [])


def reach(config: Config, settings: dict[str, str]) -> list[Answer]:
    """Ask the hosts of feeds and pages for their robots.txt; return what they answered."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from newsarchive.sources import DEFAULT_SOURCE, get_source
    from newsarchive.spiders.reach import ReachSpider

    source = get_source(DEFAULT_SOURCE)
    slug, own = source.feeds[0].slug, source.feeds[0].url
    feeds = f"{config.feeds_url}/{slug}" if config.feeds_url else own
    chosen = Settings()
    chosen.setmodule("newsarchive.settings", priority="project")
    chosen.set("LOG_LEVEL", "CRITICAL", priority="project")
    chosen.update(settings, priority="cmdline")
    process = AsyncCrawlerProcess(chosen)
    crawler = process.create_crawler(ReachSpider)
    urls = [url for url in (feeds, config.site_url or source.homepage_url) if url]
    arguments: dict[str, Any] = {"urls": urls, "config": config}
    process.crawl(crawler, **arguments)
    process.start()
    assert isinstance(crawler.spider, ReachSpider)
    return sorted(crawler.spider.answers, key=lambda answer: answer.url)
