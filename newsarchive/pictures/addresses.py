"""Addresses of pictures: which mean one and the same, seen at several sizes and by several hosts.

NOS's forms, by era::

    content.nos.nl/data/image/{xs,s,l}/2013/02/02/469381.jpg            2010-2015
    nos.nl/data/image/2019/04/12/543080/{1008x567,xxl,320x320}.jpg      2015-2019
    assets.nos.nl/data/image/2020/…                                     2020
    cdn.nos.nl/image/2021/11/01/804211/{1008x567,3840x2160a}.jpg        late 2020-2026
    images.cdn.nos.nl/a/b/c/d/e/f/<name>/<x>x<y>x<w>x<h>-1024x576.webp  2026
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urldefrag, urlsplit

_DATED_HOSTS = frozenset({"content.nos.nl", "nos.nl", "www.nos.nl", "assets.nos.nl", "cdn.nos.nl"})
_CROPPED_HOST = "images.cdn.nos.nl"

_DATED = re.compile(
    r"/(?:data/)?image/(?:(?P<folder>[a-z]+)/)?"
    r"(?P<picture>\d{4}/\d{1,2}/\d{1,2}/\d+)(?:/(?P<size>\w+))?\.\w+"
)
_CROPPED = re.compile(
    r"/(?P<picture>(?:[^/]/){6}[^/]+)/(?P<crop>\d+x\d+x\d+x\d+)-(?P<width>\d{1,5})x\d+\.\w+"
)
_SIZE = re.compile(r"(?P<width>\d{1,5})x(?P<height>\d{1,5})(?P<variant>a?)")
_NAMED_SIZES = ("xs", "s", "m", "l", "xl", "xxl")


@dataclass(frozen=True, slots=True)
class PictureAddress:
    """One address of a picture, and what it tells."""

    url: str
    picture: str  # shared by all crops and sizes of one picture
    crop: str = ""  # which part of it is seen; shared by all sizes of that
    width: int = 0  # in pixels, or a rank among sizes with names; 0: not told


def read_address(url: str) -> PictureAddress | None:
    """Return what `url` tells; None where nothing can be fetched at it (`data:`, a bad port)."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    if parts.hostname in _DATED_HOSTS and (found := _DATED.fullmatch(parts.path)):
        return _dated(url, found)
    if parts.hostname == _CROPPED_HOST and (found := _CROPPED.fullmatch(parts.path)):
        return PictureAddress(url, found["picture"], found["crop"], int(found["width"]))
    return PictureAddress(url, urldefrag(url).url)


def _dated(url: str, found: re.Match[str]) -> PictureAddress:
    name = found["size"] or found["folder"] or ""
    size = _SIZE.fullmatch(name)
    if size is None or not int(size["height"]):
        rank = _NAMED_SIZES.index(name) + 1 if name in _NAMED_SIZES else 0
        return PictureAddress(url, found["picture"], width=rank)
    # NOS cuts a picture to several ratios; `a` marks another cut of the same ratio.
    ratio = Fraction(int(size["width"]), int(size["height"]))
    crop = f"{ratio.numerator}:{ratio.denominator}{size['variant']}"
    return PictureAddress(url, found["picture"], crop, int(size["width"]))
