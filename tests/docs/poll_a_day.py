"""Polls the replica through its day as docs/demo.sh does, but in one process and any archive.

The archive is that of the environment. Seven commands of their own would take three times as
long, and say nothing that the demo does not say.
"""

import asyncio

from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from newsarchive.replica import Replica

STEPS = (0, 2, 1, 1, 3, 2, 1)
"""How many the replica takes in each hour from 12:00 on."""


def settings(base: str, hour: int) -> Settings:
    chosen = Settings()
    chosen.setmodule("newsarchive.settings", priority="project")
    chosen.setdict(
        {
            "DOWNLOAD_DELAY": 0,
            "LOG_LEVEL": "WARNING",
            "NEWSARCHIVE_CLOCK": f"2026-10-01T{hour}:00:00+02:00",
            "NEWSARCHIVE_CONTACT": "test@newsarchive.example",
            "NEWSARCHIVE_FEEDS_URL": base,
            "NEWSARCHIVE_SITE_URL": base,
        }
    )
    return chosen


async def poll_a_day() -> None:
    from scrapy.crawler import AsyncCrawlerRunner

    from newsarchive.spiders.nos import NosSpider

    with Replica(articles=500) as replica:
        for hour, steps in enumerate(STEPS, start=12):
            for _ in range(steps):
                replica.step()
            await AsyncCrawlerRunner(settings(replica.base, hour)).crawl(NosSpider)


def main() -> None:
    install_reactor(
        "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        settings("", 12)["ASYNCIO_EVENT_LOOP"],
    )
    from twisted.internet.defer import Deferred
    from twisted.internet.task import react

    react(lambda _: Deferred.fromFuture(asyncio.ensure_future(poll_a_day())))


main()
