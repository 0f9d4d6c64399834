"""How a body divides into blocks, and what they say as plain text: the text rendition."""

from collections.abc import Iterable, Iterator
from itertools import filterfalse

from lxml import etree

Element = etree._Element  # noqa: SLF001 - lxml has no public name for the class
Run = list[str | Element]
"""A stretch of text and inline elements that stands between blocks."""

INLINE = frozenset(
    {"a", "b", "br", "del", "em", "i", "img", "ins", "s", "strong", "sub", "sup", "u"}
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = frozenset({"ol", "ul"})
CELLS = frozenset({"td", "th"})
BLOCKS = frozenset({"p", "blockquote", "table", "figure", "figcaption", "li", *HEADINGS, *LISTS})
_CONTAINERS = frozenset({"blockquote", "figure", "li"})

_PARSER = etree.HTMLParser(remove_comments=True, huge_tree=True, encoding="utf-8")
_SPACES = "\xa0\u2009\u202f"
_INVISIBLE = "\xad\u200b\u2060\ufeff"  # they print nothing, but are no white space


def render_text(html: str) -> str:
    """Return the text rendition of an HTML rendition, without a newline at its end.

    A blank line stands between blocks and nowhere else; `<br>` is a newline, and several in a row
    are one; a list is one block with a line an item, `- ` before it, nested ones indented by two
    spaces; a table is one block with a line a row, cells joined by ` | `; a quote is its inner
    blocks; a caption is a block; link text stays where it is. Runs of spaces (U+00A0, U+2009 and
    U+202F too) become one, outer ones go.
    """
    return text_of(parse(html))


def count_words(text: str) -> int:
    """Return how many words `text` has: a letter or digit, and no white space, each."""
    tokens = text.split()
    # Most tokens are words through and through, and that is quick to see.
    mixed = filterfalse(str.isalnum, tokens)
    # And most others begin with a letter: the end of a sentence.
    return len(tokens) - sum(
        not (token[0].isalnum() or any(map(str.isalnum, token))) for token in mixed
    )


def parse(html: str) -> Element:
    """Return the root over a fragment of HTML that has passed the allow-list."""
    return etree.fromstring(f"<div>{html}</div>".encode(), _PARSER)[0][0]


def text_of(root: Element) -> str:
    """Return the text rendition of the body under `root`."""
    return "\n\n".join(_pieces(root))


def has_text(parts: Run) -> bool:
    """Tell whether there is anything to read in `parts`."""
    return any(_is_visible(part) if isinstance(part, str) else _says(part) for part in parts)


def has_content(parts: Run) -> bool:
    """Tell whether there is anything to read or see in `parts`."""
    return has_text(parts) or any(
        image.get("src")
        for part in parts
        if not isinstance(part, str)
        for image in part.iter("img")
    )


def holds_blocks(element: Element) -> bool:
    """Tell whether anything in `element` is not inline."""
    return len(element) > 0 and any(
        inside.tag not in INLINE for inside in element.iterdescendants()
    )


def inner(element: Element) -> Run:
    """Return the text and elements in an element that holds no blocks."""
    run: Run = [element.text or ""]
    for child in element:
        run += [child, child.tail or ""]
    return run


def flow(element: Element) -> Iterator[Run | Element]:
    """Yield what stands in `element`, in order: block elements, and the runs between them.

    Elements that only hold others, such as div and section, open up; so does an inline
    element around blocks. White space between blocks is no run.
    """
    run = _text_run(element.text)
    for child in element:
        if child.tag in INLINE and not holds_blocks(child):
            run += [child, child.tail or ""]
            continue
        if run:
            yield run
        if child.tag in BLOCKS:
            yield child
        else:
            yield from flow(child)
        run = _text_run(child.tail)
    if run:
        yield run


def _text_run(text: str | None) -> Run:
    return [text] if text and not text.isspace() else []


def _pieces(element: Element) -> Iterator[str]:
    """Yield the text of each block in `element` that has any."""
    for unit in flow(element):
        yield from filter(None, _unit_pieces(unit))


def _unit_pieces(unit: Run | Element) -> Iterable[str]:
    if isinstance(unit, list):
        return [_fold(_inline(unit))]
    if unit.tag in LISTS:
        return ["\n".join(_list_lines(unit))]
    if unit.tag == "table":
        return _table_pieces(unit)
    if unit.tag in _CONTAINERS:
        return _pieces(unit)
    if holds_blocks(unit):
        return [" ".join(_pieces(unit))]
    return [_fold(_inline(inner(unit)))]


def _list_lines(element: Element) -> Iterator[str]:
    for unit in flow(element):
        if isinstance(unit, list) or unit.tag != "li":
            yield from _item_lines([unit])
        else:
            yield from _item_lines(flow(unit))


def _item_lines(units: Iterable[Run | Element]) -> Iterator[str]:
    lead = "- "
    for unit in units:
        if not isinstance(unit, list) and unit.tag in LISTS:
            yield from ("  " + line for line in _list_lines(unit))
            continue
        for line in filter(None, "\n".join(_unit_pieces(unit)).split("\n")):
            yield lead + line
            lead = "  "


def _table_pieces(table: Element) -> Iterator[str]:
    yield from map(_one_line, table.iterfind("caption"))
    # The parser of HTML5 puts rows into a tbody; a body written by hand may have none.
    rows = [*table.iterfind("tr"), *table.iterfind("*/tr")]
    cells = [[_one_line(cell) for cell in row if cell.tag in CELLS] for row in rows]
    yield "\n".join(_fold_spaces(" | ".join(row)) for row in cells if any(row))


def _one_line(element: Element) -> str:
    return _fold_spaces(" ".join(_pieces(element)).replace("\n", " "))


def _inline(run: Run) -> str:
    """Return the text of inline content, with a newline for each `<br>` and for nothing else."""
    return "".join(
        [part.replace("\n", " ") if isinstance(part, str) else _element_text(part) for part in run]
    )


def _element_text(element: Element) -> str:
    return "\n" if element.tag == "br" else _inline(inner(element))


def _fold(text: str) -> str:
    """Return the lines of `text` with single spaces; nothing if there is nothing to read."""
    # A blank one would look like the end of the block.
    folded = "\n".join(filter(None, map(_fold_spaces, text.split("\n"))))
    return folded if _is_visible(folded) else ""


def _fold_spaces(text: str) -> str:
    for space in _SPACES:
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def _says(element: Element) -> bool:
    if _is_visible(element.text or ""):
        return True
    return any(_is_visible(str(text)) for text in element.itertext())


def _is_visible(text: str) -> bool:
    return bool(text.strip().strip(_INVISIBLE).strip())
