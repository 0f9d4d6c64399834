"""Archived HTML as a page may show it: text and structure, and nothing that acts or loads.

What the archive holds was made safe when it was stored, under the rules of that day. Here it is
done again, for the page that it now becomes part of.
"""

import html
import re
from collections.abc import Mapping

import nh3
from markupsafe import Markup

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "del", "em", "figcaption"),
    *("figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark"),
    *("ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td"),
    *("tfoot", "th", "thead", "time", "tr", "u", "ul", "var"),
}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
# As nh3 writes it: every value in double quotes, which it escapes, and `>` not.
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_HEADING = re.compile(r"<(/?)h([1-6])>")
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_LOWEST_HEADING = 6


def make_inert(body: str, held: Mapping[str, str], absent: str, *, level: int = 2) -> Markup:
    """Return archived HTML for a page whose headings above it are fewer than `level`.

    `held` gives the address on this site of each picture that is held, by the address that the
    HTML has for it; in place of any other stands the text `absent`, with what the picture was
    said to show. Links leave without a referrer. Headings begin at `level`.
    """
    clean = nh3.clean(
        body,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    lowered = _HEADING.sub(lambda found: _lower(found, level), clean)
    return Markup(_IMAGE.sub(lambda found: _picture(found[1], held, absent), lowered))  # noqa: S704 - made safe above


def _lower(found: re.Match[str], level: int) -> str:
    return f"<{found[1]}h{min(int(found[2]) + level - 1, _LOWEST_HEADING)}>"


def _picture(attributes: str, held: Mapping[str, str], absent: str) -> str:
    values = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
    alternative = html.escape(values.get("alt", ""))
    address = held.get(values.get("src", ""))
    if address is not None:
        return f'<img src="{html.escape(address)}" alt="{alternative}" loading="lazy">'
    told = f": {alternative}" if alternative else ""
    return f'<span class="absent">{html.escape(absent)}{told}</span>'
