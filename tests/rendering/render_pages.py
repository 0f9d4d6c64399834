"""Renders addresses with one renderer, and prints as JSON what came of each: no archive, no rules.

`render_pages.py RENDERER LIMITS ADDRESS…`, with LIMITS as JSON.
"""

import json
import sys

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from newsarchive.config import Config
from newsarchive.rendering import Failed, Job, Limits, install
from newsarchive.rendering.playwright import PlaywrightRenderer
from newsarchive.rendering.splash import SplashRenderer

FOUND = {}


class Renders(Spider):
    name = "renders"

    @classmethod
    def update_settings(cls, settings):
        super().update_settings(settings)
        config = Config.load()
        settings.set("USER_AGENT", config.user_agent, priority="spider")
        install(settings, config)

    async def start(self):
        for address in self.addresses:
            about = {"address": address}
            job = Job(address, ("meer laden",), self.parse, self.fail, about)
            yield self.renderer.request(job)

    def parse(self, response, address):
        result = self.renderer.read(response)
        if isinstance(result, Failed):
            FOUND[address] = {"failed": result.reason, "is_renderer": result.is_renderer}
            return
        FOUND[address] = {
            "url": result.url,
            "html": result.html.decode(),
            "status": result.rendering.status,
            "headers": dict(result.rendering.headers),
            "requests": result.rendering.requests,
            "engine": result.rendering.engine,
            "refused": result.refused,
            "is_cut": result.is_cut,
        }

    def fail(self, failure):
        address = failure.request.cb_kwargs["address"]
        at_fault = self.renderer.is_at_fault(failure)
        FOUND[address] = {"failed": repr(failure.value), "is_renderer": at_fault}


def main(name, limits, *addresses):
    limits = Limits(**json.loads(limits))
    hosts = sorted({address.split("/")[2] for address in addresses})
    renderers = {
        "splash": SplashRenderer,
        "playwright": lambda limits: PlaywrightRenderer(hosts, limits),
    }
    settings = Settings()
    settings.setmodule("newsarchive.settings", priority="project")
    chosen = {
        "CONCURRENT_REQUESTS": 2,
        "DOWNLOAD_DELAY": 0,
        "EXTENSIONS": {},
        "ITEM_PIPELINES": {},
        "LOG_LEVEL": "ERROR",
        "RETRY_ENABLED": False,
    }
    settings.update(chosen, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    process.crawl(Renders, renderer=renderers[name](limits), addresses=addresses)
    process.start()
    print(json.dumps(FOUND))


if __name__ == "__main__":
    main(*sys.argv[1:])
