"""A small NOS of our own, for tests, the demo and benchmarks: real forms, invented news.

`content` and `page_content` have the words; `documents` writes articles and feeds, `pages` the
pages; `scenario` says how things stand, `script` what happens; `site` serves it over HTTP. What an
archive must hold then is said by `scenario.expected_revisions` and `looks.expected_pages`.
"""

from newsarchive.replica.site import Replica

__all__ = ["Replica"]
