"""Whole pages: what a rule reads from each, field by field, and what is refused, in which words.

A folder `tests/pages/<source>/<why-it-exists>/` holds `input.html`, the bytes as a server gives
them; `meta.json`, with `url`, `form` (of the rule that must know the page) and `written_like`
(which real page its form follows); and `expected.json`, with every field of Extracted, `html` as
a list of lines and `text`, its text rendition, as a list of blocks; or only `error` and `message`.
"""

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html

from newsarchive.cleaning.markup import render
from newsarchive.exceptions import ExtractionError
from newsarchive.extraction import NOS_RULES, extract_page, rules_of
from newsarchive.extraction.base import Extracted, SavedPage

PAGES = Path(__file__).parents[1] / "pages"
NAMES = sorted(path.parent.relative_to(PAGES).as_posix() for path in PAGES.glob("*/*/input.html"))
FIELDS = {*(field.name for field in dataclasses.fields(Extracted)), "text"}
FURNITURE = ("Deel artikel", "Deel dit artikel", "Aangepast ", "Bekijk ook", "Ga naar ", "cookies")


def load(name, file):
    return json.loads((PAGES / name / file).read_text("utf-8"))


def saved_page(name):
    return SavedPage((PAGES / name / "input.html").read_bytes(), load(name, "meta.json")["url"])


def rules_for(name):
    return rules_of(name.partition("/")[0])


def shown(extracted):
    """Return what was extracted as expected.json writes it."""
    text = render(extracted.html, "https://nos.nl").text
    values = {
        **{name: getattr(extracted, name) for name in FIELDS - {"text"}},
        "html": extracted.html.split("\n") if extracted.html else [],
        "updates": [dataclasses.asdict(update) for update in extracted.updates],
        "metadata": dict(extracted.metadata),
        "text": text.split("\n\n") if text else [],
    }
    return json.loads(json.dumps(values, default=datetime.isoformat))


READ = [name for name in NAMES if "error" not in load(name, "expected.json")]
REFUSED = [name for name in NAMES if name not in READ]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        pytest.param(name, field, id=f"{name} {field}")
        for name in READ
        for field in sorted(load(name, "expected.json"))
    ],
)
def test_field(name, field):
    assert (
        shown(extract_page(saved_page(name), rules_for(name)))[field]
        == (load(name, "expected.json")[field])
    )


@pytest.mark.parametrize("name", READ)
def test_expectations_are_complete(name):
    assert set(load(name, "expected.json")) == FIELDS


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    expected = load(name, "expected.json")
    with pytest.raises(ExtractionError) as caught:
        extract_page(saved_page(name), rules_for(name))
    assert {"error": type(caught.value).__name__, "message": str(caught.value)} == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_rule_of_its_form_knows_the_page(name):
    known = [rule.form for rule in rules_for(name) if rule.recognises(saved_page(name))]
    assert (known or [None])[0] == load(name, "meta.json")["form"]


@pytest.mark.parametrize("name", NAMES)
def test_every_page_says_what_it_was_written_like(name):
    assert load(name, "meta.json")["written_like"]


@pytest.mark.samples
@pytest.mark.parametrize("number", ["2201497", "2512497"])
def test_real_page(samples, number):
    cases = json.loads((samples / "pages.json").read_text("utf-8"))
    case = next(case for case in cases if case["id"] == number)
    body = (samples / case["file"]).read_bytes()
    extracted = extract_page(SavedPage(body, f"https://nos.nl{case['path']}"), NOS_RULES)
    expected = case.get("blocks") or selected_texts(body, case["select"])
    text = [fold(block) for block in shown(extracted)["text"]]
    assert [block for block in text if block in expected] == expected
    others = [block for block in text if block not in expected]
    assert not [block for block in others if block.startswith(FURNITURE)]
    assert len(others) <= case.get("extra", 4)
    assert fold(extracted.title) == fold(case["title"])
    assert extracted.published_at == datetime.fromisoformat(case["published"]).replace(tzinfo=UTC)
    assert extracted.external_id == number


def selected_texts(body, selector):
    tree = html.document_fromstring(body.decode("utf-8"))
    texts = (fold(element.text_content()) for element in tree.cssselect(selector))
    return [text for text in texts if text]


def fold(text):
    return " ".join(text.split())
