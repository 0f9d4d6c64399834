"""The Herstelrubriek: corrections as documents, linked to the articles that they name."""

import pytest

from .conftest import feed, item
from .test_pages import ALL, page, redirect

HERSTEL = ("-a", "categories=herstel")

ADMITTED = """
SELECT c.external_id, c.old_text, c.new_text, r.title AS correction
  FROM changes c
  JOIN corrections k ON k.source = 'nos' AND k.external_id = c.external_id
  JOIN current_articles r ON r.article_id = k.correction_id
 WHERE c.is_silent AND k.observed_at > c.observed_at
"""


def herstel(*corrections):
    """Return a page with a heading, a date and a text for each correction."""
    body = "".join(f"<h2>{title}</h2><p>{day}</p><p>{text}</p>" for title, day, text in corrections)
    return (
        "<!DOCTYPE html><html lang=nl><head><title>Herstelrubriek | NOS</title></head><body>"
        "<nav><h2>Menu</h2><p>Nieuws</p></nav><main><h1>Herstelrubriek</h1>"
        f"<p>Hier herstelt de NOS fouten.</p>{body}</main>"
        "<footer><p>Over</p></footer></body></html>"
    ).encode()


DIJK = (
    "Verkeerde rivier",
    "donderdag 1 oktober 2026",
    'In <a href="/artikel/2280103-dijk">een bericht</a> stond Rijn; dat moest IJssel zijn.',
)
NAAM = ("Naam verkeerd gespeld", "30 september 2026", "De naam van de wethouder is Jansen.")


def corrections(crawler):
    return crawler.rows(
        "SELECT title, text, origin, revision_count, published_on FROM current_articles"
        " WHERE kind = 'correction' ORDER BY title"
    )


def test_the_herstelrubriek_is_asked_only_by_name(site, crawler):
    site.answers["/nosnieuwsbuitenland"] = feed(item())
    crawler.crawl("")
    assert "/herstel" not in {path for path, _ in site.asked()}


def test_each_correction_is_a_document_with_its_day(site, crawler_on_each):
    site.answers["/herstel"] = herstel(DIJK, NAAM)
    done = crawler_on_each.crawl("", *HERSTEL)
    assert done.returncode == 0, done.stderr
    found = corrections(crawler_on_each)
    assert [row[0] for row in found] == ["Naam verkeerd gespeld", "Verkeerde rivier"]
    assert "dat moest IJssel zijn" in found[1][1]
    assert [str(row[4]) for row in found] == ["2026-09-30", "2026-10-01"]
    assert crawler_on_each.crawl("", *HERSTEL).returncode == 0
    assert corrections(crawler_on_each) == found


def test_a_correction_that_is_mended_itself_gets_a_revision(site, crawler):
    site.answers["/herstel"] = herstel(DIJK)
    crawler.crawl("", *HERSTEL)
    _, day, text = DIJK
    site.answers["/herstel"] = herstel(NAAM, ("Andere kop", day, text.replace("Rijn", "Waal")))
    crawler.crawl("", *HERSTEL)
    assert [(row[0], row[3]) for row in corrections(crawler)] == [
        ("Andere kop", 2),
        ("Naam verkeerd gespeld", 1),
    ]


def test_which_silent_edits_were_admitted_later_is_one_question(site, crawler_on_each):
    crawler = crawler_on_each
    site.answers["/nosnieuwsbuitenland"] = feed(item(), item(2280104, "Brug"))
    for number in (2280103, 2280104):
        site.answers[f"/l/{number}"] = redirect(f"/artikel/{number}-x")
        site.answers[f"/artikel/{number}-x"] = page(number, text="De Rijn.")
    crawler.crawl("buitenland", *ALL)
    for number in (2280103, 2280104):
        site.answers[f"/artikel/{number}-x"] = page(number, text="De IJssel.")
    crawler.crawl("buitenland", *ALL)
    site.answers["/herstel"] = herstel(DIJK, NAAM)
    crawler.crawl("", *HERSTEL)
    assert crawler.rows(ADMITTED) == [("2280103", "De Rijn.", "De IJssel.", "Verkeerde rivier")]
    shown = crawler.run(
        "show",
        crawler.rows(
            "SELECT external_id FROM articles WHERE kind = 'correction' ORDER BY url LIMIT 1"
        )[0][0],
    )
    assert shown.returncode == 0


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param(b"<html><body><main><h1>Herstel</h1></main></body></html>", 200, id="empty"),
        pytest.param((404, {}, b"weg"), 404, id="gone"),
    ],
)
def test_a_page_without_corrections_is_a_failure_that_is_told(site, crawler, answer, status):
    site.answers["/herstel"] = answer
    done = crawler.crawl("", *HERSTEL)
    assert done.returncode == 7
    assert crawler.rows("SELECT status, error IS NOT NULL FROM feed_polls") == [(status, 1)]
