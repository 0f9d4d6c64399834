"""Where a page says one thing in its JSON and another in its ld+json."""

import re
from html import unescape

from newsarchive.cleaning.plaintext import count_words
from newsarchive.extraction.base import Extracted
from newsarchive.extraction.jsonld import NewsArticle

_BLOCK_TAG = re.compile(r"<(?:/(?:p|li|h2|figcaption)|br)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
# Words with a dash or a link within them may be counted in another way.
_TOLERATED_LOSS = 0.02


def compare_with_jsonld(extracted: Extracted, article: NewsArticle) -> list[str]:
    """Return in short notes what `article`, the page's ld+json, says otherwise than `extracted`.

    Compared are headline, time of publication, and the number of words: a body with fewer than
    articleBody has lost some, one with more has the headings and captions that NOS leaves out.
    """
    notes = []
    headline = " ".join(article.headline.split())
    if headline and headline != " ".join(extracted.title.split()):
        notes.append(f"headline: ld+json has {headline!r}")
    if article.published_at and article.published_at != extracted.published_at:
        notes.append(f"published: ld+json has {article.published_at.isoformat()}")
    words, told = count_words_of_html(extracted.html), count_words(article.body)
    if words < told * (1 - _TOLERATED_LOSS):
        notes.append(f"body: ld+json has {told} words, the blocks have {words}")
    return notes


def count_words_of_html(html: str) -> int:
    """Return how many words there are to read in `html`, as plain text counts them."""
    return count_words(unescape(_TAG.sub("", _BLOCK_TAG.sub(" ", html))))
