"""Tracking pixels and share buttons that FeedBurner and its like put into bodies."""

import re

_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_WHOLE_TAG = re.compile(r"""<img(?:[^"'<>]|"[^"<>]*"|'[^'<>]*')*+>""", re.IGNORECASE)
# http://feeds.feedburner.com/~r/nosnieuwsbuitenland/~4/hW7LRmYwxaE (2019)
_FEEDBURNER = re.compile(
    r"""\bsrc\s*=\s*["']?(?:https?:)?//[^/"'\s]+/~r/[^"'\s]+/~4/""", re.IGNORECASE
)
_SMALL_SIDE = re.compile(
    r"""[\s"'](width|height)\s*=\s*["']?\s*[01](?:px)?(?=["'\s/>])""", re.IGNORECASE
)

# A flare holds links and images, never another div.
_FLARE = re.compile(
    r"""<div\s+class=["']feedflare["'][^<>]*>(?:(?!</?div\b).)*+</div>""", re.DOTALL
)


def strip_pixels(html: str) -> tuple[str, int]:
    """Return `html` without tracking pixels and feedflare, and how many went.

    A pixel is an image of FeedBurner's `/~r/…/~4/…` form, or one whose width and height are
    given as at most 1. Every other byte stays.
    """
    removed = 0
    if "feedflare" in html:
        html, removed = _FLARE.subn("", html)
    if "<img" not in html.lower():
        return html, removed

    def strip(match: re.Match[str]) -> str:
        nonlocal removed
        if not _is_pixel(match[0]):
            return match[0]
        removed += 1
        return ""

    return _IMAGE.sub(strip, html), removed


def _is_pixel(tag: str) -> bool:
    if not _WHOLE_TAG.fullmatch(tag):
        return False  # cut short by a `>` within an attribute
    sides = {side.lower() for side in _SMALL_SIDE.findall(tag)}
    return sides == {"width", "height"} or _FEEDBURNER.search(tag) is not None
