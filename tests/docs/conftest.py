"""The documents as data: their blocks of code, and what it takes for a screen to be true."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of code: `sh` is to be read, `console`, `sql` and `text` are screens."""

    language: str
    text: str


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """Return the blocks of code of a document."""
    return [Block(*found.groups()) for found in _FENCE.finditer(text)]


def prose(text: str) -> str:
    """Return a document without its blocks of code."""
    return _FENCE.sub("", text)


def section(text: str, heading: str) -> str:
    """Return what stands under a heading of the second level."""
    return re.split(r"^## ", text.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a document's tables, the row of column names too."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def named(text: str) -> list[str]:
    """Return what stands in code within a line."""
    return re.findall(r"`([^`\n]+)`", text)


def untrue(shown: str, printed: str) -> str:
    """Return how a screen differs from what was printed; nothing where it is true.

    `…` stands for any text within a line, and alone in a line for any lines. The width of
    columns is nobody's promise.
    """
    shown, printed = _folded(shown), _folded(printed)
    pattern = "".join(_pattern(line) for line in shown.splitlines())
    if re.fullmatch(pattern, printed):
        return ""
    return "\n".join(difflib.unified_diff(shown.splitlines(), printed.splitlines(), n=1))


def _pattern(line: str) -> str:
    return r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n"


def _folded(text: str) -> str:
    lines = (re.sub(" +", " ", line.replace("─", "")).rstrip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines)
