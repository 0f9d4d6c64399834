"""Whether a saved page shows its article, or only has the script that would fetch it."""

from newsarchive.extraction.base import SavedPage
from newsarchive.extraction.elements import fold, text_of

LOAD_MORE = frozenset({
    "meer laden", "laad meer", "meer updates", "meer berichten", "toon meer", "toon meer updates",
    "toon meer berichten", "oudere updates", "oudere berichten", "eerdere updates",
    "eerdere berichten", "laad meer updates", "laad meer berichten", "laad oudere updates",
    "laad oudere berichten", "load more",
})  # fmt: skip
"""What is written on buttons that bring older updates to a page, in small letters."""

# What stands around an article; and what a browser shows no reader.
_AROUND = ("nav", "header", "footer", "aside", "script", "style", "noscript", "template", "form")
_SHORTEST = 200  # characters: `Even geduld, het artikel wordt geladen` has fewer


def lacks_body(page: SavedPage) -> bool:
    """Return whether `page` has script, and outside menus hardly a word for readers."""
    if b"<script" not in page.body.lower():
        return False
    around = " or ".join(f"ancestor::{name}" for name in _AROUND)
    words = page.tree.xpath(f"//body//text()[not({around})]")
    return len(fold(" ".join(map(str, words)))) < _SHORTEST


def has_more(page: SavedPage) -> bool:
    """Return whether `page` has a button that would bring more of it."""
    return any(text_of(button).lower() in LOAD_MORE for button in page.tree.iter("button"))
