"""Jekyll posts: the files in which articles leave, and in which older collections arrive.

A post is one UTF-8 file, lines ended by LF, in exactly this form (that of a real
collection of 2019); a line whose field is absent is left out, and a post without a body
ends after its second `---`::

    ---
    layout: post
    title: "…"                                  double-quoted YAML
    date: Fri, 12 Apr 2019 10:44:57 +0200       RFC 2822, time in Amsterdam
    category: buitenland                        plain YAML, quoted only where it must be
    externe_link: "…"                           as delivered by the feed of the category
    feature_image: "…"
    ---

    <p>…</p>
    <p>…</p>

It is written strictly and read tolerantly: any YAML in the front matter, CRLF, no blank
line before the body.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from newsarchive.cleaning.dates import day_in_amsterdam, format_rfc2822, parse_feed_date
from newsarchive.exceptions import ParseError
from newsarchive.model import Article
from newsarchive.sources import DEFAULT_SOURCE

_OPENING = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_KEYS = frozenset({"layout", "title", "date", "category", "externe_link", "feature_image"})

# What JSON leaves as it is but YAML cannot hold or would read as a line break: DEL, the
# C1 controls with NEL, LS, PS, and what may not stand in a YAML stream at all.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")

_SLUG_LENGTH = 60
# Letters that are no ASCII letter with a mark on it, so that Unicode does not take them apart.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "\u0131": "i"}
)

# The day is taken or left as a whole (`?+`): a file of 12 April 2019 that is named
# 20190412-kabinet is not article 20190412.
_ID_IN_NAME = re.compile(
    r"(?:(?:19|20)\d\d(-?)[01]\d\1[0-3]\d(?!\d)[-_]?)?+([1-9]\d{4,9})(?![^\W_])", re.ASCII
)

_MAX_DEPTH = 20

# `Één` is `Ã\x89Ã©n` in a title whose UTF-8 was read as Latin-1. YAML refuses these controls, and
# takes NEL for a line break: within it each has a stand-in of private use.
_CONTROLS = re.compile("[\x80-\x9f]")
_TO_STAND_IN = {control: 0xF0000 + control for control in range(0x80, 0xA0)}
_FROM_STAND_IN = {stand_in: control for control, stand_in in _TO_STAND_IN.items()}


@dataclass(frozen=True, slots=True)
class Post:
    """What one post says, as it says it: nothing repaired, nothing stripped."""

    title: str
    html: str
    published_at: datetime | None = None
    category: str | None = None
    link: str | None = None  # externe_link
    image_url: str | None = None  # feature_image
    metadata: Mapping[str, object] = field(default_factory=dict)  # any other key; scalars as text


def parse_post(text: str) -> Post | None:
    """Return the post that a file's text holds; None where the text has no front matter.

    Front matter stands between a first line `---` and the next line `---` or `...`, as
    Jekyll has it. Raises ParseError where it has no end, is not YAML, or has no title, and
    where its date cannot be read: no date is a post of unknown date, a wrong one is not.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return None
    if opening[0].endswith("\r\n"):
        return parse_post(text.replace("\r\n", "\n"))
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        raise ParseError("front matter without an end: no second line '---'")
    fields = _parse_front_matter(text[opening.end() : closing.start()])
    title = _text(fields, "title")
    if title is None:
        raise ParseError("front matter without a title")
    return Post(
        title=title,
        html=text[closing.end() :].removeprefix("\n").removesuffix("\n"),
        published_at=_moment(_text(fields, "date")),
        category=_text(fields, "category") or None,
        link=_text(fields, "externe_link") or None,
        image_url=_text(fields, "feature_image") or None,
        metadata={key: value for key, value in fields.items() if key not in _KEYS},
    )


def format_post(article: Article) -> str:
    """Return `article` as the text of a post."""
    fields = {
        "layout": "post",
        "title": _quoted(article.title),
        "date": article.published_at and format_rfc2822(article.published_at),
        "category": article.category and _plain(article.category),
        "externe_link": article.link and _quoted(article.link),
        "feature_image": article.image_url and _quoted(article.image_url),
    }
    front_matter = "".join(f"{key}: {value}\n" for key, value in fields.items() if value)
    body = f"\n{article.html}\n" if article.html else ""
    return f"---\n{front_matter}---\n{body}"


def post_name(article: Article) -> str:
    """Return the name of an article's file, without an ending: day in Amsterdam, id, slug.

    `2019-04-05-2280999-veerboot-vaart-weer`; the files of other sources than NOS
    stand in a folder that bears the source's name. The id makes the name the article's own.
    """
    day = day_in_amsterdam(article.published_at or article.first_seen_at)
    parts = (day.isoformat(), article.external_id, slugify(article.title))
    name = "-".join(part for part in parts if part)
    return name if article.source == DEFAULT_SOURCE else f"{article.source}/{name}"


def slugify(title: str) -> str:
    """Return `title` as at most 60 of the characters `[a-z0-9-]`; empty if none are in it."""
    letters = unicodedata.normalize("NFKD", title).casefold().translate(_LETTERS)
    unmarked = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.findall(r"[a-z0-9]+", unmarked)
    return "-".join(words)[:_SLUG_LENGTH].rstrip("-")


def find_external_id(name: str) -> str | None:
    """Return the publisher's number in a file's name: five digits or more, first or after a day.

    `2019-04-05-2280999-veerboot.txt` names article 2280999; folders are not looked at.
    """
    found = _ID_IN_NAME.match(PurePath(name).name)
    return found[2] if found else None


def _parse_front_matter(text: str) -> dict[str, Any]:
    """Return the fields of a front matter; every scalar is a text, as written."""
    if _CONTROLS.search(text):
        return dict(_written(_parse_front_matter(text.translate(_TO_STAND_IN))))
    import yaml  # noqa: PLC0415 - 30 ms that only imports and exports of posts need

    # Scalars stay text, so that no title becomes a number, a time or a truth value, and no
    # tag makes an object. libyaml is twelve times faster; PyYAML's wheels have it.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        _refuse_bombs(yaml.parse(text, Loader=loader))
        fields = yaml.load(text, Loader=loader)  # noqa: S506 - makes nothing but text
    except yaml.YAMLError as error:
        raise ParseError(
            f"front matter that is not YAML: {' '.join(str(error).split())}"
        ) from error
    if not isinstance(fields, dict):
        raise ParseError("front matter that is not a list of keys and values")
    return fields


def _written(value: Any) -> Any:
    """Return a value of a front matter with the controls that it was written with."""
    match value:
        case str():
            return value.translate(_FROM_STAND_IN)
        case list():
            return [_written(one) for one in value]
        case dict():
            return {_written(key): _written(one) for key, one in value.items()}
    return value


def _refuse_bombs(events: Any) -> None:
    """Raise ParseError where a few bytes of YAML would unfold into a great many."""
    import yaml  # noqa: PLC0415 - as above

    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise ParseError(f"front matter with the alias *{event.anchor}: write out what it is")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise ParseError(f"front matter nested more than {_MAX_DEPTH} deep")


def _text(fields: Mapping[str, Any], key: str) -> str | None:
    value = fields.get(key)
    if value is None or isinstance(value, str):
        return value
    raise ParseError(f"front matter whose {key} is not one text but {value!r}")


def _moment(written: str | None) -> datetime | None:
    if not written:
        return None
    moment = parse_feed_date(written)
    if moment is None:
        raise ParseError(f"front matter whose date cannot be read: {written!r}")
    return moment


def _quoted(text: str) -> str:
    """Return `text` as a double-quoted YAML scalar on one line.

    YAML 1.2 has JSON's strings among its own (chapter 1.3).
    """
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


@lru_cache(maxsize=256)
def _plain(text: str) -> str:
    """Return `text` as a plain YAML scalar if YAML reads that as the same text, else quoted."""
    import yaml  # noqa: PLC0415 - as above

    try:
        read = yaml.safe_load(f"category: {text}")
    except (yaml.YAMLError, ValueError, RecursionError):  # Value: a 13th month. Recursion: [[[[…
        read = None
    return text if read == {"category": text} else _quoted(text)
