import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.exceptions import UsageError
from newsarchive.search import And, Field, Form, Not, Or, Term, parse_query
from newsarchive.search.language import DEEPEST, LONGEST, MOST_WORDS


def stem(*words, **more):
    return Term(words, **more)


def exact(*words, **more):
    return Term(words, Form.EXACT, **more)


def prefix(*words, **more):
    return Term(words, Form.PREFIX, **more)


TITLE = {"field": Field.TITLE}
REMOVED = {"field": Field.REMOVED}
A, B, C = stem("a"), stem("b"), stem("c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Verkiezingen", stem("verkiez"), id="a word is any inflection of it"),
        pytest.param("a b c", And((A, B, C)), id="words are all wanted"),
        pytest.param("a AND b", And((A, B)), id="and may be said"),
        pytest.param("a OR b c OR a", Or((A, And((B, C)), A)), id="OR binds less than AND"),
        pytest.param("a (b OR c)", And((A, Or((B, C)))), id="parentheses"),
        pytest.param("a NOT b", And((A, Not(B))), id="without"),
        pytest.param("a -b", And((A, Not(B))), id="a minus"),
        pytest.param("-(a b)", Not(And((A, B))), id="all but"),
        pytest.param("NOT -a", Not(Not(A)), id="twice not"),
        pytest.param('"tweede kamer"', stem("twed", "kamer"), id="a phrase"),
        pytest.param("„tweede kamer”", stem("twed", "kamer"), id="a newspaper's quotation marks"),
        pytest.param("Noord-Korea", stem("noord", "korea"), id="one word that is two is a phrase"),
        pytest.param("https://nos.nl/l/1", stem("https", "nos", "nl", "l", "1"), id="an address"),
        pytest.param("16:30", stem("16", "30"), id="a time"),
        pytest.param("a: b", And((A, B)), id="a colon with a space behind it"),
        pytest.param("=Katten", exact("katten"), id="as it is written"),
        pytest.param('="de katten"', exact("de", "katten"), id="a phrase as it is written"),
        pytest.param("verkiezing*", prefix("verkiezing"), id="the beginning of a word"),
        pytest.param('"de verkiez*"', prefix("de", "verkiez"), id="at the end of a phrase"),
        pytest.param("title:a b", And((stem("a", **TITLE), B)), id="a field is of one term"),
        pytest.param(
            "title:(a OR =b)", Or((stem("a", **TITLE), exact("b", **TITLE))), id="or of a group"
        ),
        pytest.param("-title:a", Not(stem("a", **TITLE)), id="not in the title"),
        pytest.param("title:-a", Not(stem("a", **TITLE)), id="the same the other way round"),
        pytest.param("TITLE:a", stem("a", **TITLE), id="a field in capitals"),
        pytest.param("removed:=a", exact("a", **REMOVED), id="a word that was removed"),
        pytest.param(
            'removed:"a bcd*"',
            And((exact("a", **REMOVED), prefix("bcd", **REMOVED))),
            id="removed words have no order",
        ),
        pytest.param("a & — b", And((A, B)), id="what is no word is passed over"),
        pytest.param("a OR (&)", A, id="also where it stands for a term"),
        pytest.param("and or not", And(tuple(map(stem, ("and", "or", "not")))), id="small"),
        pytest.param("ORANJE", stem("oranj"), id="OR at the beginning of a word"),
    ],
)
def test_a_query_means(text, expected):
    assert parse_query(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "no word", id="nothing"),
        pytest.param("— ()", "no word", id="nothing but marks"),
        pytest.param("a AND", r"character 3: AND wants", id="nothing behind an operator"),
        pytest.param("OR a", r"character 1: .* before OR", id="nothing before it"),
        pytest.param("a NOT OR b", r"character 3: NOT wants", id="an operator behind one"),
        pytest.param("a (b", r"character 3: .* never closed", id="an open parenthesis"),
        pytest.param("a) b", r"character 2: .* closes nothing", id="one too many"),
        pytest.param(")", r"character 1: .* closes nothing", id="nothing but one"),
        pytest.param('a "b c', r'character 3: this " has no other', id="an open quotation mark"),
        pytest.param("*kat", r"character 1: a \*", id="a star before a word"),
        pytest.param("k*t", r"character 1: a \*", id="a star in a word"),
        pytest.param("ka*", "at least 3 letters", id="a short beginning"),
        pytest.param(
            "titel:kat", "no field titel:, there are title:, removed:", id="a wrong field"
        ),
        pytest.param("a" * (LONGEST + 1), f"{LONGEST} are the most", id="too long"),
        pytest.param("a " * (MOST_WORDS + 1), f"more than {MOST_WORDS} words", id="too many words"),
        pytest.param("(" * 99 + "a" + ")" * 99, f"more than {DEEPEST}", id="too deep"),
        pytest.param("-(" * 99, f"more than {DEEPEST}", id="too deep, and not even closed"),
        pytest.param("title:" * 99 + "a", f"more than {DEEPEST}", id="too many fields"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_with_place_and_remedy(text, message):
    with pytest.raises(UsageError, match=message):
        parse_query(text)


hostile = st.lists(
    st.one_of(
        st.sampled_from(
            ["AND", "OR", "NOT", "(", ")", '"', "-", "=", "*", "title:", "removed:", ":"]
        ),
        st.sampled_from(
            [" ", "  ", "kat", "de Katten", "Één", "'s", "\x00", "\ud800", "|", "^", "+"]
        ),
        st.text(max_size=5),
    ),
    max_size=40,
).map("".join)


@given(hostile)
def test_any_text_is_understood_or_refused(text):
    try:
        query = parse_query(text)
    except UsageError:
        return
    assert isinstance(query, Term | And | Or | Not)
