"""A week of three sources of one's own, crawled as an operator would: no double, no lost edit.

What is served are made-up sites in the forms of WordPress, of an Atom blog, and of a paper that
gives summaries only. Each step says what the archive holds after it.
"""

import os
import subprocess
import sys
from html import escape

import pytest

from newsarchive.storage import Archive

from .conftest import ROOT, Site

FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
TOML = """
contact = "test@newsarchive.example"

[sources.waterland]
homepage = "https://waterland.example"
[[sources.waterland.feeds]]
url = "{base}/waterland/feed/"
category = "polder"
[[sources.waterland.feeds]]
url = "{base}/waterland/sport/feed/"
category = "sport"

[sources.duinlog]
homepage = "https://duinlog.example/"
feeds = [{{ url = "{base}/duinlog.atom", category = "duin" }}]

[sources.streekblad]
homepage = "https://www.streekblad.example"
feeds = [{{ url = "{base}/streekblad.xml", category = "streek" }}]
"""


def wordpress(*posts):
    """Return the feed of a WordPress site; a post is (id, link, title, body)."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        f'<guid isPermaLink="false">https://waterland.example/?p={number}</guid>'
        f"<pubDate>Thu, 01 Oct 2026 07:30:00 +0000</pubDate>"
        f"<description><![CDATA[{body[:12]} [&#8230;]]]></description>"
        f"<content:encoded><![CDATA[<p>{body}</p>]]></content:encoded></item>"
        for number, link, title, body in posts
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Waterland</title>{items}</channel></rss>"
    ).encode()


def atom(*posts):
    """Return the feed of an Atom blog; a post is (name, link, updated, title, xhtml)."""
    entries = "".join(
        f"<entry><title>{escape(title)}</title><id>tag:duinlog.example,2026:{name}</id>"
        f'<link rel="alternate" href="{link}"/><updated>{updated}</updated>'
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{xhtml}</div></content>'
        "</entry>"
        for name, link, updated, title, xhtml in posts
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xml:base="https://duinlog.example/2026/"><title>Duinlog</title>'
        f"<id>tag:duinlog.example,2026:log</id><updated>2026-10-01T10:00:00Z</updated>{entries}"
        "</feed>"
    ).encode()


def summaries(*posts):
    """Return a feed of RSS 0.92, without guids and dates; a post is (link, title, summary)."""
    items = "".join(
        f"<item><title>{title}</title><link>{escape(link)}</link>"
        f"<description>{summary}</description></item>"
        for link, title, summary in posts
    )
    return f'<rss version="0.92"><channel><title>S</title>{items}</channel></rss>'.encode()


class Operator:
    """Runs commands in a folder with a newsarchive.toml."""

    def __init__(self, url, folder, base):
        self.url, self.folder, self.base = url, folder, base
        folder.mkdir(exist_ok=True)
        (folder / "newsarchive.toml").write_text(TOML.format(base=base), encoding="utf-8")
        self.environment = {
            **os.environ,
            "NEWSARCHIVE_DATABASE_URL": url,
            "SCRAPY_SETTINGS_MODULE": "newsarchive.settings",
            "PYTHONPATH": str(ROOT),
        }

    def run(self, *arguments, module="newsarchive.cli"):
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def crawl(self, source, *more, code=0):
        done = self.run("crawl", "feeds", "-a", f"source={source}", *FAST, *more)
        assert done.returncode == code, done.stderr
        return done

    def rows(self, statement):
        with Archive.read(self.url) as archive, archive.query(statement) as (_, rows):
            return [tuple(row) for row in rows]

    def revisions(self):
        return self.rows(
            "SELECT a.url, r.number, r.title, r.text FROM revisions r "
            "JOIN articles a ON a.id = r.article_id ORDER BY a.url, r.number"
        )

    def aliases(self):
        return self.rows(
            "SELECT a.url, l.url FROM aliases l JOIN articles a ON a.id = l.article_id "
            "ORDER BY 1, 2"
        )


@pytest.fixture
def operator(database_url, tmp_path, site):
    return Operator(database_url, tmp_path / "here", site.base)


@pytest.fixture
def operator_on_sqlite(new_sqlite, tmp_path, site):
    return Operator(new_sqlite(), tmp_path / "here", site.base)


STILL = "https://waterland.example/2026/10/gemaal-stil"
MILL = "https://waterland.example/2026/10/molen"
TRACKED = "?utm_source=rss&utm_medium=rss&utm_campaign=stil"


def test_a_week_of_a_site_of_wordpress(operator, site):
    feed, sport = "/waterland/feed/", "/waterland/sport/feed/"
    # Monday: http, a slash and trackers in the link.
    site.answers[feed] = wordpress((1, f"http://waterland.example/2026/10/gemaal-stil/{TRACKED}",
                                    "Gemaal stil", "Het gemaal ligt stil."))  # fmt: skip
    site.answers[sport] = wordpress()
    operator.crawl("waterland")
    monday = (STILL, 1, "Gemaal stil", "Het gemaal ligt stil.")
    assert operator.revisions() == [monday]
    assert operator.aliases() == [(STILL, "https://waterland.example/?p=1")]
    # Tuesday: the site has moved to https and www; a second article; the first in sport as well.
    first = (1, STILL.replace("://", "://www.") + f"/{TRACKED}", "Gemaal stil",
             "Het gemaal ligt stil.")  # fmt: skip
    mill = (2, MILL, "Molen", "De molen draait.")
    site.answers |= {feed: wordpress(mill, first), sport: wordpress(first)}
    operator.crawl("waterland")
    second = (MILL, 1, "Molen", "De molen draait.")
    assert operator.revisions() == [monday, second]
    assert operator.rows("SELECT url, category, categories FROM current_articles ORDER BY url") == [
        (STILL, "polder", "polder,sport"),
        (MILL, "polder", "polder"),
    ]
    # Wednesday: another headline, hence another slug, in one of the two feeds.
    renamed = (1, "https://waterland.example/2026/10/gemaal-draait/", "Gemaal draait",
               "Het gemaal draait weer.")  # fmt: skip
    site.answers[feed] = wordpress(mill, renamed)
    operator.crawl("waterland")
    edit = (STILL, 2, "Gemaal draait", "Het gemaal draait weer.")
    assert operator.revisions() == [monday, edit, second]
    # Thursday: the other feed follows; the first has the AMP address, and nothing else is new.
    site.answers |= {
        feed: wordpress(mill, (1, f"{renamed[1]}amp/", *renamed[2:])),
        sport: wordpress(renamed),
    }
    operator.crawl("waterland")
    assert operator.revisions() == [monday, edit, second]
    # Friday: the slug is taken back, with an edit; a third article has the slug of Wednesday.
    third = (3, "https://waterland.example/2026/11/gemaal-draait/", "Gemaal 2", "Een ander.")
    site.answers[feed] = wordpress(third, mill, (1, STILL, "Gemaal stil", "Toch niet."))
    operator.crawl("waterland")
    another = ("https://waterland.example/2026/11/gemaal-draait", 1, "Gemaal 2", "Een ander.")
    undone = (STILL, 3, "Gemaal stil", "Toch niet.")
    assert operator.revisions() == [monday, edit, undone, second, another]
    # Saturday: an entry that claims to be two articles is not believed.
    site.answers[feed] = wordpress((1, MILL, "Molen", "Wie ben ik?"))
    operator.crawl("waterland", code=7)
    assert operator.revisions() == [monday, edit, undone, second, another]
    [(stage, error)] = operator.rows("SELECT stage, error FROM quarantine")
    assert stage == "identify"
    assert STILL in error
    assert MILL in error
    # Sunday: all is well again, and nothing is doubled.
    site.answers[feed] = wordpress(third, mill, (1, STILL, "Gemaal stil", "Toch niet."))
    operator.crawl("waterland")
    assert operator.revisions() == [monday, edit, undone, second, another]
    assert operator.aliases() == [
        (STILL, "https://waterland.example/2026/10/gemaal-draait"),
        (STILL, "https://waterland.example/?p=1"),
        (MILL, "https://waterland.example/?p=2"),
        ("https://waterland.example/2026/11/gemaal-draait", "https://waterland.example/?p=3"),
    ]
    for address in (STILL, renamed[1], "http://www.waterland.example/?p=1&utm_source=x"):
        shown = operator.run("show", address)
        assert shown.stdout.startswith("Gemaal stil\n"), shown.stderr


def test_a_week_of_an_atom_blog(operator, site):
    path, dune = "/duinlog.atom", "https://duinlog.example/2026/duin"
    body = '<p>Het duin <a href="kaart.html">groeit</a>.</p>'
    site.answers[path] = atom(("duin", "duin", "2026-10-01T08:00:00Z", "Duin", body))
    operator.crawl("duinlog")
    first = (dune, 1, "Duin", "Het duin groeit.")
    assert operator.revisions() == [first]
    assert operator.rows("SELECT html FROM current_articles") == [
        ('<p>Het duin <a href="https://duinlog.example/2026/kaart.html">groeit</a>.</p>',)
    ]
    # An update that changes nothing but its time.
    site.answers[path] = atom(("duin", "/2026/duin", "2026-10-02T08:00:00Z", "Duin", body))
    operator.crawl("duinlog")
    assert operator.revisions() == [first]
    # An edit, at another address: the id, which is no address, says that it is the same.
    edited = body.replace("groeit", "krimpt")
    site.answers[path] = atom(("duin", "duin-krimpt", "2026-10-03T08:00:00Z", "Duin", edited))
    operator.crawl("duinlog")
    edit = (dune, 2, "Duin", "Het duin krimpt.")
    assert operator.revisions() == [first, edit]
    # Another id for the same address, as after a change of software.
    site.answers[path] = atom(("7", "duin-krimpt", "2026-10-03T08:00:00Z", "Duin", edited))
    operator.crawl("duinlog")
    assert operator.revisions() == [first, edit]
    assert operator.aliases() == [(dune, "https://duinlog.example/2026/duin-krimpt")]
    assert operator.rows("SELECT guid FROM entries ORDER BY guid") == [
        ("tag:duinlog.example,2026:7",),
        ("tag:duinlog.example,2026:duin",),
    ]


def test_a_week_of_summaries(operator, site):
    path = "/streekblad.xml"
    one = ("http://streekblad.example/nieuws.php?id=1", "Markt", "Er is markt.")
    two = ("http://streekblad.example/nieuws.php?id=2", "Kermis", "Er is kermis.")
    site.answers[path] = summaries(one)
    operator.crawl("streekblad")
    site.answers[path] = summaries(two, one)
    operator.crawl("streekblad")
    # The numbers in the query tell the two apart; the relative address is the paper's own.
    site.answers[path] = summaries(("/nieuws.php?id=2&fbclid=x", "Kermis", "Er was kermis."), one)
    operator.crawl("streekblad")
    assert operator.revisions() == [
        ("https://streekblad.example/nieuws.php?id=1", 1, "Markt", "Er is markt."),
        ("https://streekblad.example/nieuws.php?id=2", 1, "Kermis", "Er is kermis."),
        ("https://streekblad.example/nieuws.php?id=2", 2, "Kermis", "Er was kermis."),
    ]
    assert operator.aliases() == []


def test_scrapys_own_command_and_the_archive_know_the_sources(operator_on_sqlite, site):
    operator = operator_on_sqlite
    site.answers["/waterland/feed/"] = wordpress((1, STILL, "Gemaal stil", "Het ligt stil."))
    done = operator.run(
        "crawl", "feeds", "-a", "source=waterland", "-a", "categories=polder", *FAST,
        module="scrapy",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [path for path, _ in site.asked()] == ["/waterland/feed/"]
    assert operator.rows("SELECT name, homepage_url FROM sources") == [
        ("waterland", "https://waterland.example")
    ]
    assert operator.rows("SELECT spider, source, outcome FROM crawl_runs") == [
        ("feeds", "waterland", "finished")
    ]
    [(external_id,)] = operator.rows("SELECT external_id FROM articles")
    (operator.folder / "newsarchive.toml").unlink()  # the archive itself knows whose it is
    for reference in (f"waterland:{external_id}", STILL, "waterland.example/?p=1"):
        shown = operator.run("show", reference)
        assert shown.stdout.startswith("Gemaal stil\n"), shown.stderr
    listed = operator.run("list", "--category", "polder")
    assert f"waterland:{external_id}" in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["-a", "source=dagblad"], "duinlog", id="another source"),
        pytest.param([], "waterland", id="no source"),
        pytest.param(["-a", "source=nos"], "waterland", id="nos has a spider of its own"),
        pytest.param(
            ["-a", "source=waterland", "-a", "categories=tech"], "polder, sport", id="a category"
        ),
    ],
)
def test_what_cannot_be_meant_lists_what_can(operator_on_sqlite, site, arguments, message):
    done = operator_on_sqlite.run("crawl", "feeds", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert site.log == []


def test_a_broken_table_is_named_by_every_command_that_asks_it(operator_on_sqlite):
    file = operator_on_sqlite.folder / "newsarchive.toml"
    file.write_text('[sources.waterland]\nhomepage = "waterland"\n', encoding="utf-8")
    for command in (["sources"], ["sources", "--check"], ["crawl", "feeds"], ["crawl"]):
        done = operator_on_sqlite.run(*command)
        assert done.returncode == 2, done.stderr
        assert "newsarchive.toml: [sources.waterland] homepage" in done.stderr


def test_two_sources_are_crawled_side_by_side(operator_on_sqlite, site):
    operator = operator_on_sqlite
    site.answers |= {
        "/waterland/feed/": wordpress((1, STILL, "Gemaal stil", "Het ligt stil.")),
        "/waterland/sport/feed/": wordpress(),
        "/streekblad.xml": summaries((STILL, "Gemaal stil", "Het ligt stil.")),
    }
    crawls = [
        subprocess.Popen(
            [sys.executable, "-m", "newsarchive.cli", "crawl", "feeds", "-a", f"source={source}",
             *FAST],
            env=operator.environment, cwd=operator.folder, stderr=subprocess.PIPE, text=True,
        )
        for source in ("waterland", "streekblad")
    ]  # fmt: skip
    for crawl in crawls:
        _, talk = crawl.communicate(timeout=120)
        assert crawl.returncode == 0, talk
    # One address may be an article of each.
    assert operator.rows("SELECT source, url FROM articles ORDER BY 1") == [
        ("streekblad", STILL),
        ("waterland", STILL),
    ]


def test_what_a_feed_leads_to_may_not_be_inside(operator_on_sqlite, site):
    inside = Site(host="0.0.0.0")
    inside.answers["/geheim"] = summaries(("/a", "Geheim", "Geheim."))
    location = f"http://127.0.0.2:{inside.server.server_port}/geheim"
    site.answers["/streekblad.xml"] = (302, {"Location": location}, b"")
    done = operator_on_sqlite.run("crawl", "feeds", "-a", "source=streekblad", *FAST)
    inside.close()
    assert done.returncode in {7, 8}
    assert inside.log == []
    assert operator_on_sqlite.rows("SELECT count(*) FROM articles") == [(0,)]


def test_a_feed_that_moves_in_the_file_is_asked_whole(operator_on_sqlite, site):
    operator = operator_on_sqlite
    site.answers |= {
        path: summaries((STILL, "Stil", "Stil.")) for path in ("/streekblad.xml", "/n")
    }
    operator.crawl("streekblad")
    file = operator.folder / "newsarchive.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("/streekblad.xml", "/n"))
    operator.crawl("streekblad")
    assert site.asked() == [("/streekblad.xml", 200), ("/n", 200)]
    assert operator.rows("SELECT count(*) FROM feeds WHERE source = 'streekblad'") == [(1,)]


def test_pages_are_fetched_where_the_file_says_so(operator_on_sqlite, site):
    operator = operator_on_sqlite
    file = operator.folder / "newsarchive.toml"
    file.write_text(
        f'[sources.haven]\nhomepage = "{site.base}"\npages = true\n'
        f'feeds = [{{ url = "{site.base}/haven.xml", category = "haven" }}]\n',
        encoding="utf-8",
    )
    paragraphs = "".join(
        f"<p>Het schip {n} ligt aan de kade en wordt gelost.</p>" for n in range(9)
    )
    page = (
        f'<html lang="nl"><head><title>Schip gelost</title><link rel="canonical" '
        f'href="{site.base}/nieuws/schip"><meta property="article:published_time" '
        f'content="2026-10-01T10:00:00+02:00"></head><body><article><h1>Schip gelost</h1>'
        f"{paragraphs}</article></body></html>"
    )
    site.answers |= {
        "/haven.xml": summaries((f"{site.base}/schip", "Schip gelost", "Er is gelost.")),
        "/schip": (301, {"Location": "/haven/schip"}, b""),
        "/haven/schip": (200, {"Content-Type": "text/html; charset=utf-8"}, page.encode()),
    }
    operator.crawl("haven")
    assert operator.rows("SELECT origin, number FROM current_articles") == [("page", 1)]
    assert operator.aliases() == [
        (f"{site.base}/schip", f"{site.base}/haven/schip"),
        (f"{site.base}/schip", f"{site.base}/nieuws/schip"),
    ]
