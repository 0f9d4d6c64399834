import subprocess
import sys
import textwrap

import pytest

PROGRAM = textwrap.dedent("""
    import asyncio, sys
    from scrapy import Spider
    from scrapy.crawler import AsyncCrawlerProcess

    class Stopping:
        def __init__(self, crawler):
            self.crawler = crawler

        @classmethod
        def from_crawler(cls, crawler):
            return cls(crawler)

        async def process_item(self, item):
            engine = self.crawler.engine
            ending = {
                "stopped": self.crawler.stop_async,
                "closed": engine.close_spider_async,
                "finished": lambda: asyncio.sleep(0),
            }
            self.task = asyncio.create_task(ending[sys.argv[1]]())
            while sys.argv[1] != "finished" and not engine.scraper.slot.closing:
                await asyncio.sleep(0)
            return item

    class OneItem(Spider):
        name = "one-item"

        async def start(self):
            yield {"title": "Dijk bij Kampen versterkt"}

    process = AsyncCrawlerProcess({
        "EXTENSIONS": {"newsarchive.extensions.closing.Closing": 0},
        "ITEM_PIPELINES": {Stopping: 0},
        "LOG_LEVEL": "ERROR",
    })
    crawler = process.create_crawler(OneItem)
    process.crawl(crawler)
    process.start()
    print(crawler.stats.get_value("item_scraped_count"), crawler.stats.get_value("finish_reason"))
""")


@pytest.mark.parametrize(
    ("ending", "reason"), [("stopped", "shutdown"), ("closed", "cancelled"), ("finished",) * 2]
)
def test_a_crawl_ends_when_the_item_has_landed_that_was_under_way(tmp_path, ending, reason):
    program = tmp_path / "crawl.py"
    program.write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, program, ending], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr) == (f"1 {reason}\n", "")
