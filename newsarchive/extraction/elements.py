"""From the elements of a page that a server wrote to HTML, in the tags of the HTML rendition.

What an element is, is told by its tag and by how its class begins: NOS's own classes of 2015-2018
are whole words (`block_video`), those of 2019-2021 a word and a hash (`externalContent_3f9KQw1B`)
that changes with each build. What comes of it is not clean: the pipelines sanitise it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from html import escape

from lxml import etree
from lxml.html import HtmlElement

from newsarchive.cleaning.plaintext import BLOCKS, INLINE
from newsarchive.extraction.blocks import Body

_SPACE = re.compile(r"[ \t\r\n\f]+")
_BREAKS = str.maketrans("\t\r\f", "\n\n\n")
_TAG = re.compile(r"<[^>]*>")
_KEPT = frozenset({"href", "src", "alt", "colspan", "rowspan"})

_IN_SENTENCES = INLINE | {"abbr", "cite", "code", "font", "mark", "q", "small", "span", "time"}
# Tags whose content is not the publisher's text, or the label of something that is not there.
_NO_CONTENT = frozenset({
    "button", "form", "input", "link", "meta", "nav", "noscript", "script", "style", "svg",
    "template",
})  # fmt: skip
_FURNITURE_CLASSES = ("share", "ster-", "ster_", "advertisement", "npo_cc")
_RELATED_CLASSES = ("block_links", "list-also-see", "linkContainer_")
_VIDEO_CLASSES = ("block_video", "video-play", "player_")
_POST_CLASSES = ("ext-twitter", "twitter_")
_EMBED_CLASSES = ("ext-", "externalContent")
_QUOTE_CLASSES = ("block_quote", "quote", "article_quote")
_IMAGE_CLASSES = ("block_image",)
_LARGE_CLASSES = ("block_largecenter",)
# Which rights a video has where, and the icon beside it (liveblogs of 2017).
_NOT_CAPTION = ("caption_content__icon", "caption-description__geo")
_COPYRIGHT = ("caption_source", "copyright")
_FURNITURE_LINE = re.compile(
    r"(?:Deel (?:dit )?artikel|Link gekopieerd|Bekijk ook|Lees ook"
    r"|Deze browser wordt niet ondersteund voor het spelen van video"
    # What icons beside a picture and the name of a poster say (2020).
    r"|zoom in|Gebruiker geverifieerd door Twitter):?[.!]?"
)
_BACKGROUND = re.compile(r"url\([\"']?([^\"')]+)")


def with_class(*beginnings: str) -> str:
    """Return the XPath condition that a class of an element begins so.

    With a space at its end a beginning is the whole class.
    """
    return " or ".join(
        f"contains(concat(' ', normalize-space(@class), ' '), ' {beginning}')"
        for beginning in beginnings
    )


def text_of(element: HtmlElement) -> str:
    """Return what there is to read in `element`, on one line; U+00A0 stays."""
    return fold(element.text_content())


def fold(text: str) -> str:
    """Return `text` with white space as HTML shows it (CSS Text 3, 4.1)."""
    return _SPACE.sub(" ", text).strip(" ")


def one_line(html: str) -> str:
    """Return `html` with a space for each white space that has a break or tab in it."""
    lines = html.translate(_BREAKS).split("\n")
    return " ".join(filter(None, (line.strip(" ") for line in lines)))


def find_first(root: HtmlElement, *paths: str) -> HtmlElement | None:
    """Return the first element that the first of the XPaths which finds any finds."""
    return next((found[0] for path in paths if (found := root.xpath(path))), None)


def narrow(root: HtmlElement, *paths: str) -> HtmlElement:
    """Return what `find_first` finds, else `root` itself."""
    found = find_first(root, *paths)
    return root if found is None else found


def read_body(elements: Iterable[HtmlElement]) -> Body:
    """Return what `elements` hold, a block a line, in order.

    Related links and furniture are no part of it. Wrappers open up; text that stands bare in one
    is a paragraph. A video or post of another site is the link to it, as it has no text of its
    own that could be kept.
    """
    related: list[dict[str, str]] = []
    html: list[str] = []
    for element in elements:
        html += (_blocks if element.tag in BLOCKS else _flow)(element, related)
    return Body(html="\n".join(html), related=tuple(related))


def has_text(html: str) -> bool:
    """Tell whether there is anything to read between the tags of `html`."""
    return bool(_TAG.sub("", html).strip())


def read_caption(element: HtmlElement) -> tuple[str, str]:
    """Return the caption of an image and whose it is; empty where it has none."""
    caption = find_first(element, ".//figcaption", f".//*[{with_class('caption_')}]")
    if caption is None:
        return "", ""
    copyright_ = find_first(caption, f".//*[{_any_class(_COPYRIGHT)}]")
    caption = deepcopy(caption)
    for other in caption.xpath(f".//*[{_any_class((*_COPYRIGHT, *_NOT_CAPTION))}]"):
        other.drop_tree()
    return _text_without_furniture(caption), "" if copyright_ is None else text_of(copyright_)


def image_url(element: HtmlElement) -> str:
    """Return the address of the first image in `element`, drawn as a background or not."""
    image = find_first(element, "descendant-or-self::img")
    if image is not None:
        return str(image.get("src") or image.get("data-src") or "")
    styled = element.xpath("descendant-or-self::*[contains(@style, 'url(')]/@style")
    found = _BACKGROUND.search(str(styled[0])) if styled else None
    return found[1] if found else ""


def _any_class(parts: Iterable[str]) -> str:
    return " or ".join(f"contains(@class, '{part}')" for part in parts)


def _flow(wrapper: HtmlElement, related: list[dict[str, str]]) -> Iterator[str]:
    run = [escape(wrapper.text or "", quote=False)]
    for element in wrapper:
        if _is_inline(element):
            run.append(_inline(element))
        else:
            yield from _paragraph(run)
            run = []
            yield from _blocks(element, related)
        run.append(escape(element.tail or "", quote=False))
    yield from _paragraph(run)


def _blocks(element: HtmlElement, related: list[dict[str, str]]) -> Iterable[str]:
    if _is_furniture(element):
        return []
    if _begins(element, _RELATED_CLASSES):
        related += _links(element)
        return []
    if write := _find_writer(element):
        return _shown(write(element))
    return _shown(_bare(element)) if element.tag in BLOCKS else _flow(element, related)


def _is_inline(element: HtmlElement) -> bool:
    """Tell whether `element` is a part of a sentence, and not one of the blocks in between."""
    if not isinstance(element.tag, str):  # a comment
        return True
    if element.tag not in _IN_SENTENCES or _is_furniture(element) or _find_writer(element):
        return False
    return all(inside.tag in _IN_SENTENCES for inside in element.iterdescendants(etree.Element))


def _inline(element: HtmlElement) -> str:
    if not isinstance(element.tag, str):
        return ""
    if element.tag in INLINE:
        return _bare(element)
    parts = [escape(element.text or "", quote=False)]
    for inside in element:
        parts += [_inline(inside), escape(inside.tail or "", quote=False)]
    return "".join(parts)


def _paragraph(run: list[str]) -> list[str]:
    return _shown(f"<p>{one_line(''.join(run))}</p>")


def _shown(html: str) -> list[str]:
    return [html] if has_text(html) or "<img" in html else []


def _begins(element: HtmlElement, beginnings: tuple[str, ...]) -> bool:
    return any(name.startswith(beginnings) for name in str(element.get("class") or "").split())


def _is_furniture(element: HtmlElement) -> bool:
    if element.tag in _NO_CONTENT or _begins(element, _FURNITURE_CLASSES):
        return True
    return _FURNITURE_LINE.fullmatch(text_of(element)) is not None


def _text_without_furniture(element: HtmlElement) -> str:
    copy = deepcopy(element)
    copy.tail = None
    for inside in list(copy.iterdescendants(etree.Element)):
        if _is_furniture(inside):
            inside.drop_tree()
    return text_of(copy)


def _links(element: HtmlElement) -> Iterator[dict[str, str]]:
    for link in element.iter("a"):
        title, url = text_of(link), str(link.get("href") or "")
        if title and url:
            yield {"title": title, "url": url}


def _find_writer(element: HtmlElement) -> Callable[[HtmlElement], str] | None:
    for beginnings, write in _WRITERS:
        if _begins(element, beginnings):
            return write
    return _WRITERS_OF_TAGS.get(str(element.tag))


def _bare(element: HtmlElement, tag: str | None = None) -> str:
    """Return `element` as HTML, without attributes that no rendition has."""
    copy = deepcopy(element)
    copy.tail = None
    copy.tag = tag or copy.tag
    for inside in copy.iter(etree.Element):
        for name in set(inside.attrib) - _KEPT:
            del inside.attrib[name]
    etree.strip_elements(copy, etree.Comment, *_NO_CONTENT, with_tail=False)
    etree.strip_tags(copy, *(_IN_SENTENCES - INLINE))
    return one_line(etree.tostring(copy, encoding="unicode", method="html"))


def _figure(element: HtmlElement) -> str:
    url = image_url(element)
    if not url:
        return _bare(element)
    caption, copyright_ = read_caption(element)
    credit = f"© {copyright_}" if copyright_ else ""
    shown = escape(" ".join(filter(None, (caption, credit))), quote=False)
    image = find_first(element, ".//img")
    alternative = fold(str(image.get("alt") or "")) if image is not None else ""
    return (
        f'<figure><img src="{escape(url)}"'
        + (f' alt="{escape(alternative)}">' if alternative else ">")
        + (f"<figcaption>{shown}</figcaption>" if shown else "")
        + "</figure>"
    )


def _video(element: HtmlElement) -> str:
    caption, _ = read_caption(element)
    link = find_first(element, "descendant-or-self::a[@href]")
    if link is None:
        return _figure(element)
    return _link(str(link.get("href")), caption or str(link.get("title") or ""))


def _large(element: HtmlElement) -> str:
    """Return a picture or video over the full width; what else may stand so wide is opened up."""
    others = find_first(element, ".//p", ".//li", ".//table", ".//iframe")
    if element.tag != "figure" and others is not None:
        return "\n".join(_flow(element, []))
    has_video = find_first(element, f".//*[{with_class(*_VIDEO_CLASSES)}]") is not None
    return (_video if has_video else _figure)(element)


def _embed(element: HtmlElement) -> str:
    title = find_first(element, f".//*[{with_class('title_')}]")
    shown = text_of(element if title is None else title)
    return _link(str(element.get("href") or ""), shown) if element.get("href") else _bare(element)


def _frame(element: HtmlElement) -> str:
    url = str(element.get("src") or element.get("data-src") or "")
    return _link(url, str(element.get("title") or "")) if url else ""


def _post(element: HtmlElement) -> str:
    """Return a post of a social network: its words, and who wrote them, linked to it."""
    words = find_first(element, f".//*[{with_class('ext-twitter-caption', 'text_')}]")
    names = element.xpath(
        f".//*[{with_class('ext-twitter-header-author')}]/div"
        f" | .//*[{with_class('headerContent_')}]/span"
    )
    author = " ".join(map(_text_without_furniture, names)) or fold(str(element.get("title") or ""))
    said = "" if words is None else f"<p>{escape(text_of(words), quote=False)}</p>"
    return f"<blockquote>{said}{_link(str(element.get('href') or ''), author)}</blockquote>"


def _quote(element: HtmlElement) -> str:
    return f"<blockquote>{''.join(_flow(element, []))}</blockquote>"


def _link(url: str, shown: str) -> str:
    return f'<p><a href="{escape(url)}">{escape(shown or url, quote=False)}</a></p>'


_WRITERS: tuple[tuple[tuple[str, ...], Callable[[HtmlElement], str]], ...] = (
    (_VIDEO_CLASSES, _video),
    (_POST_CLASSES, _post),
    (_EMBED_CLASSES, _embed),
    (_QUOTE_CLASSES, _quote),
    (_IMAGE_CLASSES, _figure),
    (_LARGE_CLASSES, _large),
)
_WRITERS_OF_TAGS: dict[str, Callable[[HtmlElement], str]] = {
    "figure": _figure,
    "iframe": _frame,
}
