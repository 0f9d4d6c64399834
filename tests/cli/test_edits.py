import json
import re

import feedparser
import pytest

from newsarchive.comparison.diff import CONTEXT, Op, Segment, shortened


def equal(*words):
    return Segment(Op.EQUAL, " ".join(words))


def words(count, first=0):
    return [f"woord{number}" for number in range(first, first + count)]


COME = Segment(Op.INSERT, "nieuw")


def test_changes_are_a_line_each_the_latest_first(ask):
    shown = [re.split(r" {2,}", line) for line in ask("changes").out.splitlines()]

    assert shown[0] == ["observed", "id", "revision", "silent", "part", "class", "edit"]
    assert shown[2:] == [
        ["2026-10-02 13:00", "2633001", "page 2", "silent", "body", "wording", "Brug weer open"],
        [
            "2026-10-01 11:00",
            "2633002",
            "feed 2",
            "-",
            "headline, lead",
            "wording",
            "Storm op komst → Storm trekt voorbij",
        ],
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param([], ["2633001", "2633002"], id="all"),
        pytest.param(["--limit", "1"], ["2633001"], id="one"),
        pytest.param(["--since", "2026-10-02"], ["2633001"], id="since a day"),
        pytest.param(["--until", "2026-10-02"], ["2633002"], id="until before a day"),
        pytest.param(["--category", "buitenland"], ["2633001", "2633002"], id="a category"),
        pytest.param(["--category", "muziek"], [], id="a category without changes"),
        pytest.param(["--silent"], ["2633001"], id="silent ones"),
        pytest.param(["--announced"], [], id="announced ones, of which a feed says nothing"),
        pytest.param(["--part", "headline"], ["2633002"], id="of the headline"),
        pytest.param(
            ["--part", "lead", "--part", "body"], ["2633001", "2633002"], id="of either part"
        ),
        pytest.param(["--class", "typo"], [], id="of a class that no change is of"),
        pytest.param(
            ["--class", "wording", "--limit", "1"], ["2633001"], id="of a class, and only one"
        ),
        pytest.param(
            ["--part", "headline", "--limit", "1"], ["2633002"], id="one, behind others that differ"
        ),
    ],
)
def test_changes_of_a_selection(ask, options, expected):
    ran = ask("changes", "--json", *options)

    assert ran.code == 0
    assert [json.loads(line)["external_id"] for line in ran.out.splitlines()] == expected


def test_a_change_for_programs(ask):
    told = json.loads(ask("changes", "--json", "--limit", "1").out)

    assert (told["origin"], told["number"], told["is_silent"]) == ("page", 2, True)
    assert (told["parts"], told["classes"]) == (["body"], ["wording"])
    assert (told["source"], told["url"]) == ("nos", "https://nos.nl/l/2633001")
    assert told["category"] == "buitenland"
    assert told["observed_at"] == "2026-10-02T11:00:00+00:00"
    assert told["old_text"].endswith("rijdt weer.")
    assert told["new_text"].endswith("rijdt weer door.")


def test_no_changes_are_told_beside_the_data(ask):
    ran = ask("changes", "--category", "muziek")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "There are no such changes.\n"


def test_changes_as_a_feed(ask, tmp_path):
    place = tmp_path / "new" / "changes.xml"
    ran = ask("changes", "--atom", str(place), "--self-url", "https://archief.example/changes.xml")

    assert (ran.code, ran.out, ran.err) == (0, "", f"2 changes written to {place}\n")
    told = feedparser.parse(place.read_bytes())
    assert not told.bozo
    assert [entry.link for entry in told.entries] == [
        "https://nos.nl/l/2633001",
        "https://nos.nl/l/2633002",
    ]
    assert "<ins> door</ins>" in told.entries[0].content[0].value
    assert told.feed.links[0].href == "https://archief.example/changes.xml"


def test_feeds_of_other_changes_are_other_feeds(ask, tmp_path):
    ids = set()
    for options in ([], ["--silent"], ["--category", "buitenland"], ["--part", "lead"]):
        ask("changes", "--atom", str(tmp_path / "feed.xml"), *options)
        ids.add(feedparser.parse((tmp_path / "feed.xml").read_bytes()).feed.id)
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param(["--self-url", "https://archief.example/"], 2, id="an address of no feed"),
        pytest.param(["--class", "grap"], 2, id="a class that there is none of"),
        pytest.param(["--atom", "."], 2, id="a folder in the place of a file"),
        pytest.param(["--atom", "/dev/null/feed.xml"], 6, id="a place that cannot be written"),
    ],
)
def test_changes_that_cannot_be_shown(ask, options, code):
    ran = ask("changes", *options)

    assert (ran.code, ran.out) == (code, "")


def test_diff_marks_words_as_wdiff_does(ask):
    assert ask("diff", "2633002").out == (
        "--- https://nos.nl/l/2633002 feed 1, observed 2026-10-01 10:00:00+02:00\n"
        "+++ https://nos.nl/l/2633002 feed 2, observed 2026-10-01 11:00:00+02:00\n"
        "\n"
        "Storm [-op komst-]{+trekt voorbij+}\n"
        "\n"
        "[-Er komt-]{+De+} storm{+ is voorbij+}.\n"
    )


def test_diff_is_of_the_last_two_revisions_of_the_current_origin(ask):
    shown = ask("diff", "2633001").out

    assert "page 1, observed 2026-10-01 12:00:00+02:00" in shown
    assert "Het verkeer rijdt weer{+ door+}." in shown


def test_diff_is_with_what_was_in_force_before_whatever_the_order_of_arrival(late_revision, ask):
    shown = ask("diff", "2633002").out

    assert "--- https://nos.nl/l/2633002 feed 3, observed 2026-10-01 10:30" in shown
    assert "+++ https://nos.nl/l/2633002 feed 2, observed 2026-10-01 11:00" in shown


@pytest.mark.parametrize(
    ("numbers", "body"),
    [
        pytest.param(["1", "2"], "{+ door+}", id="from A to B"),
        pytest.param(["2", "1"], "[- door-]", id="backwards"),
        pytest.param(["1"], "{+ door+}", id="from A to the one in force"),
    ],
)
def test_diff_of_the_revisions_that_are_named(ask, numbers, body):
    assert body in ask("diff", "2633001", *numbers).out


def test_diff_of_one_revision_with_itself_has_no_mark(ask):
    shown = ask("diff", "2633001", "2", "2").out

    assert "{+" not in shown
    assert "Every word is the same" in shown


@pytest.mark.parametrize("options", [["2280100"], ["2633001", "--origin", "feed"]])
def test_diff_where_there_is_one_revision_says_so(ask, options):
    ran = ask("diff", *options)

    assert (ran.code, ran.out) == (0, "")
    assert "has one" in ran.err


def test_diff_of_a_revision_that_is_not_there_is_exit_4(ask):
    ran = ask("diff", "2633001", "1", "7")

    assert (ran.code, ran.out) == (4, "")
    assert "no page revision 7; there are: 1, 2" in ran.err


def test_diff_for_programs(ask):
    told = json.loads(ask("diff", "--json", "2633002").out)

    assert (told["source"], told["external_id"], told["origin"]) == ("nos", "2633002", "feed")
    assert told["old"] == {"number": 1, "observed_at": "2026-10-01T08:00:00+00:00"}
    assert told["new"] == {"number": 2, "observed_at": "2026-10-01T09:00:00+00:00"}
    assert told["title"] == [
        {"op": "equal", "text": "Storm "},
        {"op": "delete", "text": "op komst"},
        {"op": "insert", "text": "trekt voorbij"},
    ]
    assert "".join(part["text"] for part in told["text"] if part["op"] != "insert") == (
        "Er komt storm."
    )


def test_diff_of_one_revision_for_programs(ask):
    told = json.loads(ask("diff", "--json", "2280100").out)

    assert (told["old"], told["new"]["number"], told["text"]) == (None, 1, [])


def test_on_a_terminal_diff_is_in_colour(look):
    shown = look("diff", "2633001", columns=200)

    assert "rijdt weer\x1b[32m door\x1b[0m." in shown
    assert "{+" not in shown


def test_on_a_terminal_what_was_removed_is_struck_through(look):
    assert "Storm \x1b[31m\x1b[9mop komst\x1b[0m" in look("diff", "2633002", columns=200)


def test_whoever_wants_no_colour_gets_marks(look):
    assert "rijdt weer{+ door+}." in look("diff", "2633001", NO_COLOR="1")


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        pytest.param(
            [equal(*words(50)), COME],
            " ".join(["…", *words(CONTEXT, 50 - CONTEXT)]) + "nieuw",
            id="before the first change",
        ),
        pytest.param(
            [COME, equal(*words(50))],
            "nieuw" + " ".join([*words(CONTEXT), "…"]),
            id="after the last change",
        ),
        pytest.param(
            [COME, equal(*words(50)), COME],
            "nieuw" + " ".join([*words(CONTEXT), "…", *words(CONTEXT, 50 - CONTEXT)]) + "nieuw",
            id="between two changes",
        ),
        pytest.param(
            [COME, equal(*words(2 * CONTEXT)), COME],
            "nieuw" + " ".join(words(2 * CONTEXT)) + "nieuw",
            id="not where nothing would be left out",
        ),
        pytest.param([Segment(Op.DELETE, "a " * 99), COME], "a " * 99 + "nieuw", id="no change"),
        pytest.param([equal(" ", "\n\n", " "), COME], "  \n\n  nieuw", id="no white space"),
    ],
)
def test_shortened(segments, expected):
    assert "".join(segment.text for segment in shortened(segments)) == expected


def test_shortening_keeps_the_space_beside_a_change():
    between = Segment(Op.EQUAL, f" {' '.join(words(50))}\n\n")
    before, after = "".join(part.text for part in shortened([COME, between, COME])).split("…")

    assert before.startswith("nieuw woord0 ")
    assert after.endswith("woord49\n\nnieuw")
