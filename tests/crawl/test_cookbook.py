"""The cookbook of SQL: each question asked of both databases, filled by one recorded crawl.

It is the month of the replica, looked at as rarely as its withdrawals and returns allow, and then
three days of a scripted site: a headline changed silently within the hour, the same story twice,
and a correction that owns up. PostgreSQL gets the archive from its WARC files.
"""

import psycopg
import pytest
from sqlalchemy import make_url, text

from newsarchive.cli.sql import plain
from newsarchive.cookbook import parse_cookbook
from newsarchive.replica import Replica, documents
from newsarchive.replica.documents import Desk
from newsarchive.storage import Archive
from newsarchive.storage.views import VIEWS

from .conftest import FAST, ROOT, Crawler, Site, feed, item
from .test_corrections import HERSTEL, herstel
from .test_pages import page, redirect

COOKBOOK = parse_cookbook((ROOT / "docs" / "sql-cookbook.md").read_text("utf-8"))
QUESTIONS = [pytest.param(question, id=question.slug) for question in COOKBOOK]
WITHOUT_ANSWER = {"Van wie zijn de foto's?"}
"""The crawl keeps no pictures."""

LOOKED_AT = {0, 1, 2, 3, 4, 5, 7, 9, 12, 13, 14, 18, 20}
"""Steps of the month after which the archive is crawled."""

STORY = "\n".join(documents.body(Desk(("binnenland", "buitenland")), -40))
DIJK = (
    "Verkeerde rivier",
    "zaterdag 31 oktober 2026",
    'In <a href="/artikel/2880103-dijk">een bericht</a> stond Rijn; dat moest IJssel zijn.',
)
NAME = "cookbook"
ENDINGS = {0, 7}  # the month has failures in it


def play_month(crawler):
    with Replica(scenario="month") as replica:
        crawler.environment |= {
            "NEWSARCHIVE_FEEDS_URL": replica.base,
            "NEWSARCHIVE_SITE_URL": replica.base,
        }
        at = replica.state()["at"]
        for step in range(max(LOOKED_AT) + 1):
            if step in LOOKED_AT:
                done = crawler.run("crawl", *FAST, NEWSARCHIVE_CLOCK=at)
                assert done.returncode in ENDINGS, done.stderr
            at = replica.step().at


def play_errors(crawler):
    """Have an article published at 12:30 edited silently by 13:10, and corrected the next day."""
    site = Site()
    crawler.environment |= {"NEWSARCHIVE_FEEDS_URL": site.base, "NEWSARCHIVE_SITE_URL": site.base}
    site.answers["/nosnieuwsbuitenland"] = feed(
        item(2880103, "Dijk aan de Rijn versterkt"),
        item(2880104, "Storm", STORY),
        item(2880107, "Zware storm trekt voorbij", f"{STORY}<p>Later meer.</p>"),
    )
    site.answers["/l/2880103"] = redirect("/artikel/2880103-dijk")
    edits = (("12:40", "Rijn"), ("13:10", "IJssel"))
    for minute, river in edits:
        title, text = f"Dijk aan de {river} versterkt", f"De dijk aan de {river} is klaar."
        seen = page(2880103, title, text, modified="2026-10-30T12:30:00+0100")
        published = b"2026-10-01T12:30:00+0200", b"2026-10-30T12:30:00+0100"
        site.answers["/artikel/2880103-dijk"] = seen.replace(*published)
        moment = f"2026-10-30T{minute}:00+01:00"
        done = crawler.crawl("buitenland", "-a", "pages=all", NEWSARCHIVE_CLOCK=moment)
        assert done.returncode in ENDINGS, done.stderr
    site.answers["/herstel"] = herstel(DIJK)
    done = crawler.crawl("", *HERSTEL, NEWSARCHIVE_CLOCK="2026-10-31T12:00:00+01:00")
    assert done.returncode == 0, done.stderr
    site.close()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cookbook")
    crawler = Crawler(f"sqlite:///{folder}/newsarchive.db", folder / "data", "")
    play_month(crawler)
    play_errors(crawler)
    return crawler


@pytest.fixture(scope="module")
def both(recorded, postgres_server):
    """Give the URLs of the archive on SQLite and on PostgreSQL."""
    plain_url = postgres_server.replace("+psycopg", "")
    with psycopg.connect(plain_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}")
        url = make_url(postgres_server).set(database=NAME).render_as_string(hide_password=False)
        for command in ("init", "rebuild"):
            done = recorded.run(command, NEWSARCHIVE_DATABASE_URL=url)
            assert done.returncode == 0, done.stderr
        yield {"sqlite": recorded.url, "postgresql": url}
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def ask(url, statement):
    """Return an answer as it is exported: its columns, and each value with its type."""
    with Archive.read(url) as archive, archive.query(statement) as (columns, rows):
        return columns, [[(type(plain(v)), plain(v)) for v in row] for row in rows]


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_databases_give_the_same_answer(both, question):
    columns, rows = ask(both["sqlite"], question.sql)
    assert ask(both["postgresql"], question.sql) == (columns, rows)
    assert bool(rows) is (question.title not in WITHOUT_ANSWER)
    assert not {column for column in columns if column.endswith("_id")} - {
        "external_id",
        "of_external_id",
        "correction_external_id",
    }, "an answer must not depend on surrogate keys"


def test_no_view_shows_what_is_withheld(both):
    for url in both.values():
        with Archive.open(url) as archive, archive._transaction() as connection:
            connection.execute(text("UPDATE articles SET withheld_at = first_seen_at"))
        for view in VIEWS.keys() - {"coverage"}:  # which is about feeds
            assert ask(url, f"SELECT * FROM {view} LIMIT 1")[1] == [], view
