"""A small NOS of our own, for tests, the demo and benchmarks: real forms, invented news.

`content` has the words, `documents` writes articles and feeds, `scenario` says what is published
and changed, `site` serves it over HTTP.
"""

from newsarchive.replica.site import Replica

__all__ = ["Replica"]
