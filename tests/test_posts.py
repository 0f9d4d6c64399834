from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.exceptions import ParseError
from newsarchive.model import Article, Kind, Origin
from newsarchive.posts import Post, find_external_id, format_post, parse_post, post_name, slugify

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FERRY = Article(
    article_id=1,
    source="nos",
    external_id="2280999",
    kind=Kind.ARTICLE,
    url="https://nos.nl/l/2280999",
    title="Veerboot vaart weer",
    html="<p>De veerboot naar het eiland vaart weer.</p>\n<p>De storm is voorbij.</p>",
    text="De veerboot naar het eiland vaart weer.\n\nDe storm is voorbij.",
    word_count=11,
    category="binnenland",
    categories="algemeen,binnenland",
    image_url="https://nos.nl/data/image/2019/04/05/1/1008x567.jpg",
    published_at=datetime(2019, 4, 5, 7, 3, 9, tzinfo=UTC),
    published_on=None,
    modified_at=None,
    first_seen_at=datetime(2019, 4, 5, 8, tzinfo=UTC),
    last_seen_at=datetime(2019, 4, 5, 9, tzinfo=UTC),
    revision_count=1,
    origin=Origin.FEED,
    number=1,
    observed_at=datetime(2019, 4, 5, 8, tzinfo=UTC),
    capture_id=1,
    withdrawn_at=None,
    near_duplicate_of=None,
    link="http://feeds.nos.nl/~r/nosnieuwsbinnenland/~3/AbC/2280999",
)
FERRY_POST = """\
---
layout: post
title: "Veerboot vaart weer"
date: Fri, 05 Apr 2019 09:03:09 +0200
category: binnenland
externe_link: "http://feeds.nos.nl/~r/nosnieuwsbinnenland/~3/AbC/2280999"
feature_image: "https://nos.nl/data/image/2019/04/05/1/1008x567.jpg"
---

<p>De veerboot naar het eiland vaart weer.</p>
<p>De storm is voorbij.</p>
"""
BARE = {"published_at": None, "category": None, "link": None, "image_url": None}


def post(front_matter: str, body: str = "\n<p>Kort.</p>\n") -> Post:
    found = parse_post(f"---\n{front_matter}\n---\n{body}")
    assert found is not None
    return found


def line(article: Article, key: str) -> str | None:
    found = [a for a in format_post(article).splitlines() if a.startswith(f"{key}:")]
    return found[0].removeprefix(f"{key}: ") if found else None


def test_an_article_is_written_in_the_form_of_2019():
    assert format_post(FERRY) == FERRY_POST


def test_lines_of_absent_fields_are_left_out():
    bare = replace(FERRY, **BARE)
    assert format_post(bare).startswith('---\nlayout: post\ntitle: "Veerboot vaart weer"\n---\n\n')


def test_an_article_without_a_body_ends_after_its_front_matter():
    assert format_post(replace(FERRY, html="", **BARE)).endswith('weer"\n---\n')


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param('"Ja", zegt hij', r'"\"Ja\", zegt hij"', id="double quotes"),
        pytest.param(r"C:\temp", r'"C:\\temp"', id="a backslash"),
        pytest.param("Oud: nieuw # 'ja'", "\"Oud: nieuw # 'ja'\"", id="colon, hash and apostrophe"),
        pytest.param("één • € 😀", '"één • € 😀"', id="letters beyond ASCII stay letters"),
        pytest.param("a\u00a0b", '"a\u00a0b"', id="a no-break space stays one"),
        pytest.param("a\nb\tc\0", r'"a\nb\tc\u0000"', id="control characters"),
        pytest.param("a\x85b\u2028c\u2029d", r'"a\u0085b\u2028c\u2029d"', id="YAML's line breaks"),
        pytest.param("\ufeffa\x7f", r'"\ufeffa\u007f"', id="byte order mark and DEL"),
    ],
)
def test_a_title_is_escaped_as_yaml_needs_it(title, expected):
    assert line(replace(FERRY, title=title), "title") == expected


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        pytest.param("cultuurenmedia", "cultuurenmedia", id="a word"),
        pytest.param("Cultuur & media", "Cultuur & media", id="an ampersand within"),
        pytest.param("regio's", "regio's", id="an apostrophe within"),
        pytest.param("50plus", "50plus", id="a word that starts with digits"),
        pytest.param("a: b", '"a: b"', id="a colon and a space"),
        pytest.param("a #b", '"a #b"', id="what would be a comment"),
        pytest.param("no", '"no"', id="what would be a truth value"),
        pytest.param("2019", '"2019"', id="what would be a number"),
        pytest.param("2019-13-41", '"2019-13-41"', id="what would be no day"),
        pytest.param("null", '"null"', id="what would be nothing"),
        pytest.param("& media", '"& media"', id="what would be an anchor"),
        pytest.param(" sport", '" sport"', id="a space before"),
        pytest.param("a\ntitle: b", r'"a\ntitle: b"', id="what would be another key"),
        pytest.param("[" * 3000 + "]" * 3000, '"' + "[" * 3000 + "]" * 3000 + '"', id="a depth"),
    ],
)
def test_a_category_is_quoted_only_where_yaml_needs_it(category, expected):
    assert line(replace(FERRY, category=category), "category") == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param(
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            "Sun, 25 Oct 2026 02:30:00 +0200",
            id="02:30 in summer time",
        ),
        pytest.param(
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            "Sun, 25 Oct 2026 02:30:00 +0100",
            id="02:30 an hour later, in winter time",
        ),
    ],
)
def test_dates_are_amsterdams_and_tell_the_two_half_past_twos_apart(moment, expected):
    assert line(replace(FERRY, published_at=moment), "date") == expected


def test_a_post_is_read_as_it_was_written():
    assert parse_post(FERRY_POST) == Post(
        title=FERRY.title,
        html=FERRY.html,
        published_at=FERRY.published_at,
        category="binnenland",
        link=FERRY.link,
        image_url=FERRY.image_url,
    )


# Every text that a file can hold, with what ends lines, front matter and scalars made likely.
texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n\r\t\0\x85\u2028\ufeff:#'\"\\- &")
) | st.sampled_from(
    ["---", "\n---\n", "a\n---\nb: c\n", "...", ": ", "'", "\r\n", "~", "yes", "1:30"]
)
moments = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis puts the time zone on
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001 - likewise
    timezones=st.sampled_from([UTC, AMSTERDAM, timezone(timedelta(hours=-3, minutes=-30))]),
)


@settings(deadline=None)  # the first example imports the YAML library
@given(
    article=st.builds(
        replace,
        st.just(FERRY),
        title=texts,
        html=texts,
        category=st.none() | texts.filter(bool),
        link=st.none() | texts.filter(bool),
        image_url=st.none() | texts.filter(bool),
        published_at=st.none() | moments,
    )
)
def test_what_is_written_reads_back_the_same(article):
    moment = article.published_at
    assert parse_post(format_post(article)) == Post(
        title=article.title,
        html=article.html,
        published_at=moment and moment.astimezone(UTC).replace(microsecond=0),
        category=article.category,
        link=article.link,
        image_url=article.image_url,
    )


@pytest.mark.parametrize(
    ("front_matter", "title"),
    [
        pytest.param("title: Storm op komst", "Storm op komst", id="plain"),
        pytest.param("title: 'Storm: ''code rood'''", "Storm: 'code rood'", id="single-quoted"),
        pytest.param(r'title: "Storm: \"code\" \u00e9"', 'Storm: "code" é', id="double-quoted"),
        pytest.param("title: >-\n  Storm\n  op komst", "Storm op komst", id="folded"),
        pytest.param("title: 2019", "2019", id="a number is a text"),
        pytest.param("title: 12:30", "12:30", id="a time is a text, not minutes"),
        pytest.param("title: Nee", "Nee", id="no truth value"),
        pytest.param('title: ""', "", id="empty"),
    ],
)
def test_a_title_is_read_from_any_scalar(front_matter, title):
    assert post(front_matter).title == title


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FERRY_POST.replace("\n", "\r\n"), id="written on Windows"),
        pytest.param(FERRY_POST.replace("---\n", "--- \t\n"), id="blanks behind the dashes"),
        pytest.param(FERRY_POST.replace("---\n\n", "...\n\n"), id="ended by three dots"),
        pytest.param(FERRY_POST.replace("---\n\n", "---\n"), id="no blank line before the body"),
        pytest.param(FERRY_POST.removesuffix("\n"), id="no newline at the end"),
        pytest.param(FERRY_POST.replace("Fri, 05 Apr", "Fri, 5 Apr"), id="a day of one digit"),
    ],
)
def test_variants_of_the_form_are_the_same_post(text):
    assert parse_post(text) == parse_post(FERRY_POST)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Fri, 05 Apr 2019 07:03:09 +0000", id="RFC 2822 in UTC"),
        pytest.param("2019-04-05T09:03:09+02:00", id="ISO 8601"),
        pytest.param("2019-04-05 09:03:09 +0200", id="Jekyll's own"),
    ],
)
def test_a_date_is_read_in_the_forms_that_posts_have(written):
    assert post(f"title: a\ndate: {written}").published_at == FERRY.published_at


def misread(text):
    """Return `text` as a program shows it that takes its UTF-8 for Latin-1."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("quote", ['"', "'", ""])
@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Één euro is nu € 1,10", id="a capital, a sign"),
        pytest.param("Feest in Århus", id="NEL, a line break of YAML"),
        pytest.param("Storm… en ‘code rood’ – later", id="punctuation"),
    ],
)
def test_mojibake_is_no_reason_to_refuse_a_post(title, quote):
    found = post(f"title: {quote}{misread(title)}{quote}\ntags: [{misread('Één')}]")
    assert (found.title, found.metadata) == (misread(title), {"tags": [misread("Één")]})


def test_other_keys_are_kept_as_text():
    found = post("title: a\nlayout: post\nauthor: Anouk\ntags: [storm, zee]\nrating: 3")
    assert found.metadata == {"author": "Anouk", "tags": ["storm", "zee"], "rating": "3"}


def test_empty_fields_are_absent():
    assert post("title: a\ndate:\ncategory:\nexterne_link:\nfeature_image: ''") == Post(
        title="a", html="<p>Kort.</p>"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty file"),
        pytest.param("Een tekst.\n\nNog een alinea.", id="a text"),
        pytest.param("Een tekst.\n---\ntitle: a\n---\n", id="dashes further down"),
        pytest.param("-----\ntitle: a\n-----\n", id="more dashes"),
        pytest.param("--- title: a\n---\n", id="more on the line"),
    ],
)
def test_a_text_without_front_matter_is_no_post(text):
    assert parse_post(text) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("---\ntitle: a\n\n<p>b</p>\n", "without an end", id="unterminated"),
        pytest.param("---\ntitle: a\n ---\n", "without an end", id="an indented end"),
        pytest.param("---\nlayout: post\n---\n", "without a title", id="no title"),
        pytest.param("---\n---\nb\n", "not a list of keys", id="nothing in it"),
        pytest.param("---\njust text\n---\n", "not a list of keys", id="no keys"),
        pytest.param("---\ntitle: a: b\n---\n", "not YAML", id="an unquoted colon"),
        pytest.param('---\ntitle: "a" b\n---\n', "not YAML", id="text behind a quote"),
        pytest.param("---\ntitle: a\x07\n---\n", "not YAML", id="a control character"),
        pytest.param("---\ntitle: [a, b]\n---\n", "title is not one text", id="a list as title"),
        pytest.param("---\ntitle: a\ndate: gisteren\n---\n", "'gisteren'", id="no date at all"),
        pytest.param("---\ntitle: a\nb: &x c\nd: *x\n---\n", "alias \\*x", id="an alias"),
        pytest.param(
            f"---\ntitle: a\nb: {'[' * 30}{']' * 30}\n---\n", "nested", id="nested very deep"
        ),
        pytest.param(
            f"---\ntitle: a\nb: {'[' * 9999}{']' * 9999}\n---\n",
            "nested|YAML",
            id="a bomb of depth",
        ),
    ],
)
def test_broken_front_matter_is_an_error_that_says_what_is_wrong(text, complaint):
    with pytest.raises(ParseError, match=complaint):
        parse_post(text)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        pytest.param({}, "2019-04-05-2280999-veerboot-vaart-weer", id="day, id, slug"),
        pytest.param({"title": "…"}, "2019-04-05-2280999", id="no slug"),
        pytest.param(
            {"published_at": datetime(2019, 4, 5, 22, 30, tzinfo=UTC), "title": ""},
            "2019-04-06-2280999",
            id="after midnight in Amsterdam",
        ),
        pytest.param(
            {"published_at": None, "first_seen_at": datetime(2020, 1, 1, tzinfo=UTC), "title": ""},
            "2020-01-01-2280999",
            id="published at an unknown time",
        ),
        pytest.param(
            {"source": "dorpskrant", "external_id": "0a1b2c3d4e5f", "title": ""},
            "dorpskrant/2019-04-05-0a1b2c3d4e5f",
            id="another source in its folder",
        ),
    ],
)
def test_a_name_has_the_day_the_id_and_the_slug(changes, name):
    assert post_name(replace(FERRY, **changes)) == name


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        pytest.param("Één café in Curaçao", "een-cafe-in-curacao", id="marks fall off"),
        pytest.param("Søren, Łódź, Straße, Œuvre", "soren-lodz-strasse-oeuvre", id="own letters"),
        pytest.param("'Nee' – 12 miljoen?! ", "nee-12-miljoen", id="the rest is one dash"),
        pytest.param("\U0001d405usie • ĳs", "fusie-ijs", id="look-alikes"),
        pytest.param("москва", "", id="no letter of ours"),
        pytest.param("a" * 59 + " b", "a" * 59, id="no dash at the cut"),
        pytest.param("a" * 80, "a" * 60, id="sixty at most"),
    ],
)
def test_a_slug_is_the_title_in_ascii(title, slug):
    assert slugify(title) == slug


@pytest.mark.parametrize(
    ("name", "external_id"),
    [
        pytest.param("2019-04-12-2280999-veerboot.txt", "2280999", id="after a day"),
        pytest.param("20190412_2280999.txt", "2280999", id="after a short day"),
        pytest.param("2280999-veerboot.html", "2280999", id="at the start"),
        pytest.param("2280999", "2280999", id="and nothing else"),
        pytest.param("posts/2280111/2280999.txt", "2280999", id="in its name, not its folder's"),
        pytest.param("2019-04-12-veerboot.txt", None, id="a day only"),
        pytest.param("20190412-veerboot.txt", None, id="a short day only"),
        pytest.param("2280-veerboot.txt", None, id="four digits"),
        pytest.param("20190405103000.txt", None, id="a moment"),
        pytest.param("22809991a.txt", None, id="digits of a word"),
        pytest.param("veerboot-2280999.txt", None, id="further on"),
    ],
)
def test_an_id_is_found_in_a_name(name, external_id):
    assert find_external_id(name) == external_id


@given(external_id=st.integers(10_000, 99_999_999).map(str), title=texts)
def test_every_name_we_give_tells_its_id(external_id, title):
    name = post_name(replace(FERRY, external_id=external_id, title=title))
    assert find_external_id(f"{name}.txt") == external_id


@pytest.mark.samples
def test_the_real_post_of_2019_comes_back_byte_for_byte(samples):
    [seed] = (samples.parent / "seeds").glob("000_*.txt")
    written = seed.read_bytes().decode()
    found = parse_post(written)
    article = replace(
        FERRY,
        title=found.title,
        html=found.html,
        published_at=found.published_at,
        category=found.category,
        link=found.link,
        image_url=found.image_url,
    )
    assert found.published_at == datetime(2019, 4, 12, 8, 44, 57, tzinfo=UTC)
    assert format_post(article) == written
