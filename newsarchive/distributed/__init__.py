"""Crawling on several machines: all that newsarchive has to do with scrapy-redis.

A Scrapy add-on. What travels between workers is small: *seeds*, the key and address of a page or
picture that is due, in scrapy-redis's queue, each once by its duplicate filter. They are JSON and
no pickles, and nothing is lost with them: who takes one has to claim it in the archive's database,
which knows whether it is still due and whether somebody is at it. The look itself, with its
redirects, captures and rendering, stays in one process, with Scrapy's own scheduler.

Keys in Valkey, all of them expendable (SOURCE is the lease's name):

    newsarchive:SOURCE:pages            the queue; :pages:seen its duplicate filter
    newsarchive:SOURCE:pictures         likewise
    newsarchive:host:HOST               when HOST may be asked next; :busy who asks now; :freed
"""

from newsarchive.exceptions import ConfigError

try:
    import redis  # noqa: F401 - whether it is here
    import scrapy_redis  # noqa: F401 - likewise
except ModuleNotFoundError as error:
    raise ConfigError(
        "NEWSARCHIVE_REDIS_URL needs `pip install 'newsarchive[distributed]'`"
    ) from error

from newsarchive.distributed.addon import Distributed

__all__ = ["Distributed"]
