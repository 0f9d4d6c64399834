"""The Scrapy add-on: what it puts into a crawl, and when it refuses to."""

from typing import Any

from redis import RedisError
from redis.retry import Retry
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from scrapy_redis.connection import get_redis_from_settings

from newsarchive.config import VARIABLES, Config
from newsarchive.distributed.loss import BACKOFF, RETRIES
from newsarchive.exceptions import ConfigError
from newsarchive.storage import sqlite_path


class Distributed:
    """The add-on: politeness of all workers together, and work that they share."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Distributed":
        """Make the add-on for `crawler`."""
        settings = crawler.settings
        return cls(Config.load({name: settings.get(name) for name in VARIABLES}))

    def update_settings(self, settings: BaseSettings) -> None:
        """Put its components into `settings`; raise ConfigError where they cannot work."""
        if sqlite_path(self._config.database_url) is not None:
            raise ConfigError(
                "NEWSARCHIVE_REDIS_URL: workers share an archive on PostgreSQL only; set "
                "NEWSARCHIVE_DATABASE_URL=postgresql+psycopg://…, or crawl alone"
            )
        changes: dict[str, Any] = {
            # Behind all that may refuse a request, before the capture.
            "DOWNLOADER_MIDDLEWARES": {"newsarchive.distributed.pace.Pace": 870},
            "EXTENSIONS": {"newsarchive.distributed.sharing.Sharing": 5},
            # The moment that a host's clock gave is not to be put off at random.
            "RANDOMIZE_DOWNLOAD_DELAY": False,
            "REDIS_URL": self._config.redis_url,
            "REDIS_PARAMS": {"retry": Retry(BACKOFF, RETRIES)},
        }
        for name, value in changes.items():
            if isinstance(value, dict):
                value = settings.getdict(name) | value  # noqa: PLW2901 - beside what is there
            settings.set(name, value, priority="spider")
        try:
            with get_redis_from_settings(settings) as server:
                server.ping()
        except (RedisError, OSError, ValueError) as error:
            raise ConfigError(f"NEWSARCHIVE_REDIS_URL: no server answers there: {error}") from error
