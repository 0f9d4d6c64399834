"""From the blocks of a Next.js page's JSON to HTML, in the tags of the HTML rendition.

NOS names a block by `type` (`text`, `link_container`; 2021-2025) or by `__typename`
(`VideoElement`; since 2025). Where a name is not known, the fields tell what it is; the fields
called `text` hold HTML and stay it, all others are plain text and are escaped. What comes of it
is not clean: the pipelines sanitise it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain

from newsarchive.exceptions import ExtractionError
from newsarchive.extraction.fields import (
    Fields,
    identifier_in,
    object_in,
    objects_in,
    string_in,
)
from newsarchive.extraction.media import Media, find_media, find_picture

_HTML = ("text", "html", "content", "body")
_PLAIN = ("title", "heading", "label", "description", "caption", "name", "value")
CONTAINED = ("children", "items", "elements", "content", "blocks")
_SHOWN_BY_FIELDS = frozenset({
    "image", "indexImage", "imagesByRatio", "imageAsset", "videoAsset", "audioAsset", "asset",
    "source", "media", "author",
})  # fmt: skip
_MARKUP = re.compile(r"</(?:a|b|blockquote|em|h[1-6]|i|li|p|strong|t[dh])>")
_MAX_DEPTH = 100  # NOS has blocks in boxes, and carousels in those
_ARTICLE_URL = "https://nos.nl/l/{number}"


@dataclass(frozen=True, slots=True)
class Body:
    """What a list of blocks comes to."""

    html: str  # a block a line
    related: tuple[dict[str, str], ...] = ()  # title and url of each; never part of the body
    media: tuple[Media, ...] = ()  # videos and sound, linked to in `html`
    unknown: tuple[str, ...] = ()  # names of the blocks that only their fields could tell


def read_blocks(blocks: Iterable[Fields]) -> Body:
    """Return what `blocks` say, in their order; those within boxes and carousels in theirs.

    Raises ExtractionError for blocks that are nested deeper than any person's.
    """
    return join([_read(block) for block in _opened(blocks)])


def join(bodies: Sequence[Body]) -> Body:
    """Return `bodies` as one, in their order."""
    return Body(
        html="\n".join(body.html for body in bodies if body.html),
        related=tuple(chain.from_iterable(body.related for body in bodies)),
        media=tuple(chain.from_iterable(body.media for body in bodies)),
        unknown=tuple(dict.fromkeys(chain.from_iterable(body.unknown for body in bodies))),
    )


def paragraph(html: str) -> str:
    """Return `html` as a paragraph; nothing where there is nothing to read in it."""
    return f"<p>{html}</p>" if html.strip() else ""


def heading(text: str) -> str:
    """Return plain `text` as a heading."""
    return f"<h2>{escape(text, quote=False)}</h2>" if text.strip() else ""


def _opened(blocks: Iterable[Fields], depth: int = 0) -> Iterator[Fields]:
    """Yield each block; one that holds others without them, and then those."""
    _refuse_depth(depth)
    for block in blocks:
        contained = [] if _is_written_whole(block) else objects_in(block, *CONTAINED)
        if not contained:
            yield block
            continue
        yield {name: value for name, value in block.items() if not isinstance(value, list)}
        yield from _opened(contained, depth + 1)


def _read(block: Fields) -> Body:
    if _is_list_of_links(block):
        return Body("", related=tuple(_related_links(block)))
    writer = _WRITERS.get(_name(block), _by_fields)
    html, is_unknown = writer(block), writer is _by_fields
    if not html and (left := " ".join(_any_text(block))):
        # A block of a known name in another shape still holds the publisher's words.
        html, is_unknown = paragraph(left), True
    return Body(
        html,
        media=tuple(filter(None, [find_media(block)])),
        unknown=(_given_name(block),) if is_unknown else (),
    )


def _is_written_whole(block: Fields) -> bool:
    name = _name(block)
    return _is_list_of_links(block) or (name in _WRITERS and _WRITERS[name] is not _box)


def _is_list_of_links(block: Fields) -> bool:
    items = objects_in(block, "items")
    return "link" in _name(block) or any(object_in(item, "item") for item in items)


def _given_name(block: Fields) -> str:
    return string_in(block, "type", "__typename") or "without a name"


def _name(block: Fields) -> str:
    """Return what a block is called, of whichever era: `link_container` and `LinkContainer`."""
    return _given_name(block).replace("_", "").lower().removesuffix("element")


def _refuse_depth(depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise ExtractionError(f"Blocks are nested more than {_MAX_DEPTH} deep.")


def _by_fields(block: Fields) -> str:
    link = _media(block) or _embed(block)
    shows_picture = find_picture(block) is not None and find_media(block) is None
    rest = [
        value
        for name, value in block.items()
        if name not in _SHOWN_BY_FIELDS
        and not (isinstance(value, str) and name in (*_HTML, *_PLAIN))
    ]
    pieces = [
        "" if link else paragraph(escape(string_in(block, "title"), quote=False)),
        _quote(block) if "author" in block else _text(block),
        _figure(block) if shows_picture else "",
        link,
        paragraph(" ".join(_any_text(rest))),
    ]
    return "\n".join(filter(None, pieces))


def _text(block: Fields) -> str:
    return paragraph(string_in(block, *_HTML))


def _heading(block: Fields) -> str:
    return heading(string_in(block, "title", "heading", "text"))


def _box(block: Fields) -> str:
    picture = _figure(block) if find_picture(block) else ""
    return heading(string_in(block, "title")) + _text(block) + picture


def _list(block: Fields) -> str:
    html = string_in(block, *_HTML)
    if html:
        return html if "<li" in html else paragraph(html)
    items = next((items for name in CONTAINED if isinstance(items := block.get(name), list)), [])
    lines = "".join(f"<li>{' '.join(_any_text(item, 'text'))}</li>" for item in items)
    return f"<ul>{lines}</ul>" if lines else ""


def _quote(block: Fields) -> str:
    words = paragraph(string_in(block, *_HTML, "quote"))
    author = string_in(block, "author") or string_in(object_in(block, "author"), "name", "label")
    return words and f"<blockquote>{words}{paragraph(escape(author, quote=False))}</blockquote>"


def _figure(block: Fields) -> str:
    picture = find_picture(block) or find_picture({"image": block})
    if picture is None:
        return ""
    alternative = f' alt="{escape(picture.alternative)}"' if picture.alternative else ""
    credit = f"© {picture.copyright}" if picture.copyright else ""
    words = picture.caption or string_in(block, "caption", "description").strip()
    caption = escape(" ".join(filter(None, (words, credit))), quote=False)
    return (
        f'<figure><img src="{escape(picture.url)}"{alternative}>'
        + (f"<figcaption>{caption}</figcaption>" if caption else "")
        + "</figure>"
    )


def _media(block: Fields) -> str:
    media = find_media(block)
    return _link(media.url, media.title) if media else ""


def _embed(block: Fields) -> str:
    url = string_in(block, "url", "href", "src")
    return _link(url, string_in(block, "title", "description")) if url else ""


def _link(url: str, title: str) -> str:
    shown = escape(title or url, quote=False)
    return paragraph(f'<a href="{escape(url)}">{shown}</a>')


def _any_text(value: object, name: str = "", depth: int = 0) -> Iterator[str]:
    """Yield what there is to read in a block of a shape that nobody knows, as HTML."""
    _refuse_depth(depth)
    if isinstance(value, list):
        for item in value:
            yield from _any_text(item, name, depth + 1)
    elif isinstance(value, dict):
        for inner_name, inside in value.items():
            yield from _any_text(inside, inner_name, depth + 1)
    elif isinstance(value, str) and value.strip():
        if name in _HTML or name in CONTAINED or _MARKUP.search(value):
            yield value
        elif name in _PLAIN:
            yield escape(value, quote=False)


def _related_links(block: Fields) -> Iterator[dict[str, str]]:
    for link in objects_in(block, *CONTAINED, "links") or [block]:
        target = object_in(link, "item", "link", "article") or link
        number = identifier_in(target, "id")
        url = string_in(target, "url", "href") or string_in(link, "url", "href")
        title = string_in(target, "title") or string_in(link, "title", "text")
        if title and (url or number):
            yield {"title": title, "url": url or _ARTICLE_URL.format(number=number)}


_WRITERS: dict[str, Callable[[Fields], str]] = {
    "text": _text,
    "title": _heading,
    "heading": _heading,
    "header": _heading,
    "image": _figure,
    "video": _media,
    "audio": _media,
    "externalcontent": _embed,
    "quote": _quote,
    "textlist": _list,
    "list": _list,
    "textbox": _box,
    "carousel": _box,
}
