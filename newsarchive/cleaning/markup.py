"""From what publishers send to the two renditions: structure, and nothing that acts.

nh3, a browser's HTML5 parser with an allow-list, makes the markup safe; what it leaves is read
once more and written out block by block.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import nh3

from newsarchive.cleaning import plaintext
from newsarchive.cleaning.characters import clean_characters
from newsarchive.cleaning.plaintext import (
    BLOCKS,
    CELLS,
    INLINE,
    Element,
    Run,
    flow,
    has_content,
    has_text,
    holds_blocks,
    inner,
)
from newsarchive.cleaning.urls import make_absolute, strip_tracking_parameters
from newsarchive.exceptions import CleaningError

_TABLE_PARTS = frozenset({"caption", "thead", "tbody", "tfoot", "tr", *CELLS})
# They open up, but must be seen to do so: the text of two divs is two paragraphs.
_WRAPPERS = frozenset({
    "address", "article", "aside", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "footer", "form", "header", "hgroup", "main", "nav", "pre", "section", "summary",
})  # fmt: skip
# Their content is script, a fallback, or the label of something that is not there.
_DROPPED = frozenset({
    "audio", "button", "canvas", "iframe", "math", "noembed", "noframes", "noscript", "object",
    "script", "select", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=set(INLINE | BLOCKS | _TABLE_PARTS | _WRAPPERS),
    clean_content_tags=set(_DROPPED),
    attributes={
        "*": set(),
        "a": {"href"},
        "img": {"src", "alt"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_SAFE_URL = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_SPAN = re.compile(r"[1-9][0-9]{0,2}")

# No body of a publisher comes near these. Each closes a way to spend minutes or gigabytes in
# HTML5's own tree building: nesting costs its square, and a formatting element with attributes
# that nobody closes is repeated in every later block.
_MAX_TAGS = 30_000
_MAX_REPETITIONS = 2_000_000
_MAX_DEPTH = 100
_FORMATTING = re.compile(
    r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.IGNORECASE
)
_TAG = re.compile(r"<(/?)([a-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Renditions:
    """A body as HTML and as text, and the number of its words."""

    html: str
    text: str
    word_count: int


def render(html: str, base_url: str) -> Renditions:
    """Return both renditions of the body `html`, which stood at `base_url`.

    The HTML rendition has one top-level block a line, and no newline but between blocks:
    paragraphs, headings, lists, quotes, tables and figures, with emphasis, links and images in
    them. Bare text becomes a paragraph, wrappers open up, blocks without text or image go. Links
    and images are absolute, links without tracking parameters, or they go too; no other
    attributes stay but `alt`, `colspan` and `rowspan`. A plain space and U+00A0 stay as they are;
    white space with a line break or tab is one space within a block and nothing at its edge.
    Rendering a rendition again changes nothing. For the text, see `plaintext.render_text`.

    Raises CleaningError for nesting and repetition that only an attack has.
    """
    root = plaintext.parse(_make_safe(html))
    _resolve_links(root, base_url)
    text = plaintext.text_of(root)
    return Renditions("\n".join(_blocks(root)), text, plaintext.count_words(text))


def sanitize_html(html: str, base_url: str) -> str:
    """Return the HTML rendition alone: see `render`."""
    return render(html, base_url).html


def _make_safe(html: str) -> str:
    """Return `html` as the allow-list leaves it, each white space with a break one newline."""
    html, _ = clean_characters(html)
    _refuse_bombs(html)
    # A character reference can bring back what has just been removed.
    safe, _ = clean_characters(_CLEANER.clean(html))
    _refuse_depth(safe)
    # Ten times as fast as `translate`.
    lines = (line.strip(" ") for line in safe.replace("\t", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(filter(None, lines))


def _refuse_bombs(html: str) -> None:
    tags = html.count("<")
    if tags > _MAX_TAGS:
        raise CleaningError(f"a body of {tags} tags; at most {_MAX_TAGS} are read")
    if tags > _MAX_DEPTH and len(_FORMATTING.findall(html)) * tags > _MAX_REPETITIONS:
        raise CleaningError("a body of formatting elements that repeat one another")


def _refuse_depth(safe: str) -> None:
    if safe.count("<") <= _MAX_DEPTH:
        return
    depth = 0
    for closing, name in _TAG.findall(safe):
        if name not in {"br", "img"}:
            depth += -1 if closing else 1
        if depth > _MAX_DEPTH:
            raise CleaningError(f"a body nested more than {_MAX_DEPTH} deep")


def _resolve_links(root: Element, base_url: str) -> None:
    """Make the addresses under `root` absolute; those that cannot be so, or may not be, go."""
    for element in root.iter("a", "img"):
        name = "href" if element.tag == "a" else "src"
        given = str(element.attrib.pop(name, "")).replace("\n", "")
        url = make_absolute(given, base_url)
        if given and _SAFE_URL.match(url):
            element.set(name, strip_tracking_parameters(url) if element.tag == "a" else url)


def _blocks(element: Element) -> Iterator[str]:
    """Yield each block in `element` as HTML; a run between blocks becomes a paragraph."""
    for unit in _units(element):
        if isinstance(unit, list):
            yield f"<p>{_bare(unit)}</p>"
        else:
            yield from _block(unit)


def _block(block: Element) -> Iterable[str]:
    tag = block.tag
    if tag == "li":  # outside a list
        return _blocks(block)
    if tag in _CONTENT:
        return [f"<{tag}>{''.join(_CONTENT[tag](block))}</{tag}>"]
    if tag == "figcaption":  # outside a figure
        tag = "p"
    return [f"<{tag}>{_line(block)}</{tag}>"]


def _items(element: Element) -> Iterator[str]:
    for unit in _units(element):
        if isinstance(unit, list) or unit.tag != "li":
            yield f"<li>{_mixed([unit])}</li>"
        else:
            yield f"<li>{_mixed(_units(unit))}</li>"


def _mixed(units: Iterable[Run | Element]) -> str:
    """Return the content of a list item or table cell: its only run needs no paragraph."""
    units = list(units)
    is_only = sum(isinstance(unit, list) for unit in units) == 1
    parts: list[str] = []
    for unit in units:
        if not isinstance(unit, list):
            parts += _block(unit)
        else:
            parts.append(_bare(unit) if is_only else f"<p>{_bare(unit)}</p>")
    return "".join(parts)


def _figure(figure: Element) -> Iterator[str]:
    for unit in _units(figure):
        if isinstance(unit, list):
            yield f"<p>{_bare(unit)}</p>" if has_text(unit) else _bare(unit)
        elif unit.tag == "figcaption":
            yield f"<figcaption>{_line(unit)}</figcaption>"
        else:
            yield from _block(unit)


def _table_parts(part: Element) -> Iterator[str]:
    for child in part:
        tag = child.tag
        if tag in CELLS:
            yield f"<{tag}{_spans(child)}>{_mixed(_units(child))}</{tag}>"
        elif has_content([child]):
            content = _line(child) if tag == "caption" else "".join(_table_parts(child))
            yield f"<{tag}>{content}</{tag}>"


def _spans(cell: Element) -> str:
    given = ((name, str(cell.get(name, ""))) for name in ("colspan", "rowspan"))
    return "".join(f' {name}="{value}"' for name, value in given if _SPAN.fullmatch(value))


_CONTENT: dict[str, Callable[[Element], Iterator[str]]] = {
    "blockquote": _blocks,
    "figure": _figure,
    "ol": _items,
    "table": _table_parts,
    "ul": _items,
}


def _units(element: Element) -> Iterator[Run | Element]:
    """Yield the runs and blocks in `element` that have anything to read or see."""
    return (
        unit for unit in flow(element) if has_content(unit if isinstance(unit, list) else [unit])
    )


def _line(block: Element) -> str:
    return _flat(block).strip("\n").replace("\n", " ")


def _bare(run: Run) -> str:
    return _inline(run).strip(" \n").replace("\n", " ")


def _flat(element: Element) -> str:
    """Return the content of a block; blocks in it have no place there, as in `<h2><p>`."""
    if not holds_blocks(element):
        return _inline(inner(element))
    units = (_inline(unit) if isinstance(unit, list) else _flat(unit) for unit in flow(element))
    return " ".join(filter(None, (unit.strip(" \n") for unit in units)))


def _inline(run: Run) -> str:
    return "".join(
        [_escape(part) if isinstance(part, str) else _inline_element(part) for part in run]
    )


def _inline_element(element: Element) -> str:
    tag = element.tag
    if tag == "br":
        return "<br>"
    if tag == "img":
        return f"<img{_attributes(element, 'src', 'alt')}>" if element.get("src") else ""
    content = _inline(inner(element))
    if tag != "a":
        return f"<{tag}>{content}</{tag}>"
    return f"<a{_attributes(element, 'href')}>{content}</a>" if element.get("href") else content


def _attributes(element: Element, *names: str) -> str:
    given = ((name, element.get(name)) for name in names)
    return "".join(
        f' {name}="{_escape(value).replace(chr(34), "&quot;")}"'
        for name, value in given
        if value is not None
    )


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
