"""Scrapy's settings: the components in their order, politeness, security. Nothing clever.

Alphabetical within each part. What an operator may choose is in `config.py`.
"""

import gc
from importlib.util import find_spec

from newsarchive.config import Config
from newsarchive.logs import write_as

# A start makes a great many objects that stay; looking for garbage among them every 700 new ones
# is a tenth of it.
gc.set_threshold(50_000, 20, 50)

BOT_NAME = "newsarchive"
# Scrapy imports all that is named here at every start; imports name their own spider.
SPIDER_MODULES = ["newsarchive.spiders.nos", "newsarchive.spiders.feeds"]

# The road of an item, from what the publisher said to what the archive holds.
ITEM_PIPELINES = {
    "newsarchive.pipelines.repair.Repair": 100,
    "newsarchive.pipelines.strip.Strip": 200,
    "newsarchive.pipelines.sanitise.Sanitise": 300,
    "newsarchive.pipelines.identify.Identify": 400,
    "newsarchive.pipelines.store.Store": 900,
}
# Of Scrapy's own components only those that are of use here. All that a setting names is imported
# at every start, switched off or not: some bring a client or a server of HTTP along.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
}
DOWNLOADER_MIDDLEWARES = {
    # Obeys robots.txt as RFC 9309 says, unlike Scrapy's: an answer of 5xx disallows everything.
    "newsarchive.middlewares.politeness.Robots": 100,
    "newsarchive.middlewares.decompression.Decompression": 590,
    # Before the capture: what leads inside is refused, each hop of a redirect too.
    "newsarchive.middlewares.guard.Guard": 850,
    # Closest to the downloader: the body is still as received, and nothing has read it.
    "newsarchive.middlewares.capture.Capture": 900,
}
# The one that Scrapy's redirects want: the others count depths and cut what we ask for, and each is
# one more generator around everything that a spider yields.
SPIDER_MIDDLEWARES_BASE = {"scrapy.spidermiddlewares.referer.RefererMiddleware": 700}
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "scrapy.extensions.logstats.LogStats": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}
EXTENSIONS = {
    "newsarchive.extensions.crawl_run.CrawlRun": 0,
    "newsarchive.extensions.lease.Heartbeat": 10,
    "newsarchive.extensions.progress.Progress": 20,
    "newsarchive.extensions.closing.Closing": 30,
}

# Politeness: one request at a time per host, with a pause. The live site is somebody's server.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_TIMEOUT = 60
REDIRECT_MAX_TIMES = 5
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # what failed in the end has a line of our own
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # 429 and 503 say when to come back
RETRY_TIMES = 2
ROBOTSTXT_OBEY = True
USER_AGENT = "newsarchive"  # the spider adds version and contact

# Security: nothing listens, nothing but http(s) is fetched, certificates are checked.
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_WARNSIZE = 16 * 1024 * 1024
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
TWISTED_DNS_RESOLVER = "newsarchive.middlewares.guard.GuardedResolver"

# Evidence: 404 and 410 reach the spider, since they tell of a withdrawal; the cache would sit
# above the capture, so a run with it is refused.
COOKIES_ENABLED = False
HTTPCACHE_ENABLED = False
HTTPERROR_ALLOW_ALL = True
METAREFRESH_ENABLED = False

# Speed: Scrapy makes CONCURRENT_ITEMS tasks for every response.
ASYNCIO_EVENT_LOOP = "uvloop.Loop" if find_spec("uvloop") else None
CONCURRENT_ITEMS = 4

LOG_FORMAT = write_as(Config.load().log_format)
LOG_FORMATTER = "newsarchive.extensions.messages.Messages"
LOG_LEVEL = "INFO"
