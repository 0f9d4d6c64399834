"""What stands around the articles of every era, and makes up most of a page.

Class names come from the number of the site's build, as those of styled-components do: another
build, other names.
"""

import json
from bisect import bisect
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from html import escape
from itertools import accumulate

from newsarchive.replica.content import WEEKDAYS

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september"),
    *("oktober", "november", "december"),
)
_MULTIPLES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
RATIOS = {
    "4:3": tuple((96 * n, 72 * n) for n in _MULTIPLES),
    "16:9": tuple((128 * n, 72 * n) for n in _MULTIPLES),
}

SECTIONS = {
    "nieuws": (
        *("binnenland", "buitenland", "regio", "politiek", "economie", "koningshuis", "tech"),
        *("cultuur-en-media", "opmerkelijk"),
    ),
    "sport": ("voetbal", "formule-1", "wielrennen", "schaatsen", "tennis"),
}
INFORMATION = {
    "Over de NOS": "https://over.nos.nl/",
    "Werken bij de NOS": "https://www.werkenbijdenos.nl/",
    "Journalistieke verantwoording": "https://over.nos.nl/journalistieke-verantwoording",
    "Herstelrubriek": "/herstel",
    "Voorwaarden": "https://over.nos.nl/organisatie/regelgeving/",
    "Privacy": "https://over.nos.nl/organisatie/privacy-reglement/",
}

_RULES = (
    "overflow-wrap:anywhere;margin:0;padding:0;font-weight:700;font-size:{size}rem;line-height:1.2",
    "display:-webkit-box;display:-webkit-flex;display:flex;flex-flow:row;padding:{size}rem 0",
    "color:#202020;font-size:{size}rem;-webkit-transition:color 150ms;transition:color 150ms",
    "position:relative;width:100%;max-width:calc({size}rem * 100);margin:0 auto",
)


def attribute(text: str) -> str:
    """Return `text` for an attribute or an element, as React escapes it."""
    return escape(text)


def shown(moment: datetime) -> str:
    """Return `moment` as a reader sees it: `donderdag 1 oktober, 11:52`."""
    day = f"{WEEKDAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]}"
    return f"{day}, {moment:%H:%M}"


def stamp(moment: datetime) -> str:
    """Return `moment` as a machine reads it: an offset without colon."""
    return f"{moment:%Y-%m-%dT%H:%M:%S%z}"


@lru_cache(maxsize=4096)
def styled(build: int, name: str) -> str:
    """Return the classes that styled-components gives the element called `name`."""
    digest = sha256(f"{build} {name}".encode()).hexdigest()
    letters = "".join(chr(ord("a") + int(d, 16)) for d in digest[8:14])
    return f"sc-{digest[:8]}-{int(digest[20], 16) % 8} {letters}"


def stylesheet(build: int, size: int) -> str:
    """Return `size` bytes of rules, a little less, 330 kB at most; the same in all of a build."""
    rules, ends = _rules(build)
    return "".join(rules[: bisect(ends, size)])


@lru_cache(maxsize=8)
def _rules(build: int) -> tuple[list[str], list[int]]:
    """Return the rules of a build, and where each of them ends."""
    rules = [_rule(build, number) for number in range(2_000)]
    return rules, list(accumulate(map(len, rules)))


def _rule(build: int, number: int) -> str:
    component, _, letters = styled(build, f"rule {number}").partition(" ")
    body = _RULES[number % len(_RULES)].format(size=1 + number % 13 / 8)
    return (
        f".{letters}{{{body};}}/*!sc*/\n"
        f'data-styled.g{number}[id="{component}"]{{content:"{letters},"}}/*!sc*/\n'
    )


def images_by_ratio(picture: int, day: datetime) -> dict[str, list[dict[str, object]]]:
    """Return the sizes of a picture, as `__NEXT_DATA__` lists them (page of 2024-03-12)."""
    folder = _folder(picture, day)
    return {
        ratio: [
            {"width": width, "height": height, "url": {"jpg": f"{folder}/{width}x{height}a.jpg"}}
            for width, height in sizes
        ]
        for ratio, sizes in RATIOS.items()
    }


def source_set(picture: int, day: datetime, ratio: str = "16:9") -> str:
    """Return the sizes of a picture, as `srcset` lists them."""
    folder = _folder(picture, day)
    return ", ".join([f"{folder}/{w}x{h}a.jpg {w}w" for w, h in RATIOS[ratio]])


def cdn_url(picture: int, day: datetime, width: int, height: int) -> str:
    """Return the address of a picture from late 2020 on."""
    return f"{_folder(picture, day)}/{width}x{height}a.jpg"


def _folder(picture: int, day: datetime) -> str:
    return f"https://cdn.nos.nl/image/{day:%Y/%m/%d}/{picture}"


def script_json(value: object) -> str:
    """Return `value` as JSON that may stand in a script, as Next.js writes it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
