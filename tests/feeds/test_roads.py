"""The two roads: on well-formed RSS 2.0 lxml and feedparser say the same.

But for the body's outer white space, which feedparser strips, and for text that looks like UTF-8
read as Latin-1, which it "repairs".
"""

import subprocess
import sys
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsarchive.cleaning.dates import AMSTERDAM
from newsarchive.feeds.feedparser_parser import parse_any
from newsarchive.feeds.lxml_parser import parse_rss
from newsarchive.feeds.recognition import count_entries, strip_sections

DOCUMENTS = Path(__file__).parent / "documents"


def comparable(feed):
    entries = tuple(replace(entry, body=entry.body.strip()) for entry in feed.entries)
    return feed.title, entries, len(feed.rejected)


def assert_roads_agree(text):
    by_lxml = parse_rss(text, AMSTERDAM)
    entry_count = count_entries(strip_sections(text), "rss")
    assert entry_count == len(by_lxml.entries) + len(by_lxml.rejected)
    assert comparable(parse_any(text, entry_count, AMSTERDAM)) == comparable(by_lxml)


@pytest.mark.parametrize("name", ["nos-2026", "feedburner-2021", "escaped-2019", "rss-0.91"])
def test_roads_agree_on_our_own_documents(name):
    assert_roads_agree((DOCUMENTS / f"{name}.xml").read_text("utf-8"))


@pytest.mark.samples
@pytest.mark.parametrize(
    "name",
    [
        "feed-nosnieuwsalgemeen-2026-10-01.xml",
        "feed-nosjournaal-2021-11-01-feedburner-trimmed.xml",
    ],
)
def test_roads_agree_on_real_feeds(samples, name):
    assert_roads_agree((samples / name).read_text("utf-8"))


def is_repaired_by_feedparser(text):
    try:
        return text.encode("latin-1").decode("utf-8") != text
    except UnicodeError:
        return False


LETTERS = st.sampled_from([*"abz AZ09 .,:;!?'\"&<>/=#-\n\t", *"éëïöüçÉ\u00a0€…‘’“”•–ƫ😀"])
TEXTS = st.text(LETTERS, max_size=30).filter(lambda text: not is_repaired_by_feedparser(text))


@st.composite
def bodies(draw):
    """Draw HTML as NOS's editors make it: blocks on lines of their own, or one bare sentence."""
    tag = draw(st.sampled_from(["p", "h2", "em", None]))
    inner = [escape(text, quote=False) for text in draw(st.lists(TEXTS, max_size=3))]
    if tag is None:
        return "".join(inner)
    return "\n        " + "\n        ".join(f"<{tag}>{text}</{tag}>" for text in inner)


@st.composite
def elements(draw, name, text):
    """Draw an element with this text, escaped or in a CDATA section, now and then indented."""
    as_cdata = f"<![CDATA[{text}]]>"
    written = draw(st.sampled_from([escape(text, quote=False), as_cdata]))
    return f"<{name}>{draw(st.sampled_from(['', chr(10) + '    ']))}{written}</{name}>"


@st.composite
def items(draw):
    """Draw an item in a form of 2026 or of FeedBurner's time; any of its parts may be missing."""
    number = draw(st.integers(10000, 9999999))
    short = f"https://nos.nl/l/{number}"
    tracked = f"http://feeds.nos.nl/~r/nosjournaal/~3/aB3-verZ0n_/{number}"
    is_tracked = draw(st.booleans())
    day = draw(st.sampled_from(["Thu, 1 Oct 2026", "Mon, 01 Nov 2021", "Sun, 26 Oct 2025"]))
    offset = draw(st.sampled_from(["+0200", "+0100", "GMT"]))
    image = f"https://cdn.nos.nl/image/2021/11/01/{number}/1008x567.jpg"
    parts = [
        draw(elements("title", draw(TEXTS))),
        draw(elements("link", tracked if is_tracked else short)),
        draw(elements("description", draw(bodies()))),
        f'<enclosure type="image/jpeg" url="{image}"{draw(st.sampled_from(["", " length=0"]))}/>',
        f"<pubDate>{day} 02:30:00 {offset}</pubDate>",
        f'<guid isPermaLink="{"false" if is_tracked else "true"}">{short}</guid>',
        f"<feedburner:origLink>{short}</feedburner:origLink>" if is_tracked else "",
    ]
    kept = draw(st.lists(st.booleans(), min_size=len(parts), max_size=len(parts)))
    wanted = [part for part, keep in zip(parts, kept, strict=True) if keep or draw(st.booleans())]
    return "<item>\n  " + "\n  ".join(wanted).replace(" length=0", ' length="0"') + "\n</item>"


@settings(max_examples=150, deadline=None)
@given(st.lists(items(), max_size=4), TEXTS)
def test_roads_agree_on_any_well_formed_feed(drawn, title):
    assert_roads_agree(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" version="2.0"><channel>'
        f"<title>{escape(title)}</title><link><![CDATA[https://nos.nl]]></link>"
        f"{''.join(drawn)}</channel></rss>"
    )


def test_a_sound_feed_never_loads_feedparser():
    program = (
        "import sys; from newsarchive.feeds.parser import parse_feed\n"
        "feed = parse_feed(open(sys.argv[1], 'rb').read())\n"
        "assert feed.entries; assert 'feedparser' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, DOCUMENTS / "nos-2026.xml"], check=True)
