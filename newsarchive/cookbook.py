"""The SQL cookbook as data: docs/sql-cookbook.md is its one source.

A question is a heading of the third level, `### 12. Welke koppen …?`, what is said of it in
English, and the SQL that answers it on either database: its first block of code.
"""

import re
from dataclasses import dataclass

_QUESTION = re.compile(
    r"^### (?P<number>\d+)\. (?P<title>.+)\n+(?P<explanation>(?:(?!```|#).*\n)*?)"
    r"```sql\n(?P<sql>(?:(?!```).*\n)+)```$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the SQL that answers it."""

    number: int
    title: str  # in Dutch
    explanation: str  # in English, Markdown; may be empty
    sql: str

    @property
    def slug(self) -> str:
        """The title for addresses: `12-welke-koppen-veranderden`, the words of it in ASCII."""
        words = re.findall(r"[a-z0-9]+", self.title.lower())
        return "-".join([f"{self.number:02}", *words])


def parse_cookbook(text: str) -> list[Question]:
    """Return the questions of a cookbook, a Markdown text, in its order."""
    return [
        Question(
            int(found["number"]),
            found["title"],
            " ".join(found["explanation"].split()),
            found["sql"].strip(),
        )
        for found in _QUESTION.finditer(text)
    ]
