"""ftfy's own negative cases: text that looks like mojibake and is none stays untouched."""

import json
import tarfile

import pytest

from newsarchive.cleaning.mojibake import repair_text


@pytest.fixture
def negative_cases(material):
    [package] = material.glob("ftfy-*.tar.gz")
    with tarfile.open(package) as archive:
        name = next(n for n in archive.getnames() if n.endswith("tests/test_cases.json"))
        cases = json.load(archive.extractfile(name))
    return [case for case in cases if case["label"].startswith("Negative")]


@pytest.mark.material
def test_what_needs_no_repair_is_untouched(negative_cases):
    assert len(negative_cases) > 20
    changed = [
        case["label"]
        for case in negative_cases
        if repair_text(case["original"]) != (case["original"], 0)
    ]
    assert changed == []
