"""Pages that come in pieces: the shell has no body, and the pieces are all of it."""

import json
from http import HTTPStatus
from urllib.request import urlopen

import pytest

from newsarchive.extraction import NOS_RULES, SavedPage, extract_page
from newsarchive.extraction.scripted import has_more, lacks_body
from newsarchive.model import Kind
from newsarchive.replica import Replica
from newsarchive.replica.articles import read_article
from newsarchive.replica.pages import PageEra, write_page
from newsarchive.replica.scenario import article_of, open_newsroom
from newsarchive.replica.scripted import SCRIPTED, split

LIVEBLOG, ARTICLE = -57, -44


@pytest.fixture(scope="module")
def newsroom():
    return open_newsroom(60)


def pieces(newsroom, number, era):
    article = article_of(newsroom, number)
    page = write_page(newsroom.desk, article, era)
    return article, page, split(page, article, era)


@pytest.mark.parametrize("era", sorted(SCRIPTED))
def test_an_article_is_in_its_one_part_and_not_in_its_shell(newsroom, era):
    article, page, (shell, parts) = pieces(newsroom, ARTICLE, era)
    assert len(parts) == 1
    saved = SavedPage(shell.encode(), "https://nos.nl/artikel/1")
    assert lacks_body(saved)
    assert parts[0] in page
    first = read_article(article).blocks[0].split()[0]
    assert first in parts[0]


@pytest.mark.parametrize("era", sorted(SCRIPTED))
def test_a_liveblog_shows_its_newest_update_and_has_the_older_ones_behind_a_button(newsroom, era):
    article, _, (shell, parts) = pieces(newsroom, LIVEBLOG, era)
    assert article.kind is Kind.LIVEBLOG
    saved = SavedPage(shell.encode(), "https://nos.nl/liveblog/1")
    assert has_more(saved)
    shown = extract_page(saved, NOS_RULES).updates
    told = [update.update_id for update in article.updates]
    assert [update.update_id for update in shown] == told[:1]
    assert len(parts) == len(told) - 1
    assert all(update_id in part for update_id, part in zip(told[1:], parts, strict=True))


def get(url):
    with urlopen(url) as answer:
        return answer.status, answer.headers["Content-Type"], answer.read().decode()


def test_shell_script_and_parts_are_served():
    with Replica(8, scenario="quiet", page_era="script") as replica:
        script = get(f"{replica.base}/build/js/inhoud.js")
        module = get(f"{replica.base}/build/js/inhoud.mjs")
        newsroom = replica._shelf.history[-1]
        numbers = [article_of(newsroom, n).external_id for n in newsroom.drafts if n % 4 < 2]
        parts = [get(f"{replica.base}/inhoud/{number}/0") for number in numbers]
    assert script[:2] == module[:2] == (HTTPStatus.OK, "text/javascript; charset=utf-8")
    assert "XMLHttpRequest" in script[2]
    assert "await fetch" in module[2]
    assert all(json.loads(body)["html"] for _, _, body in parts)


def test_other_eras_are_served_whole(newsroom):
    assert {PageEra.NEXT_DATA, PageEra.NEXT_ARTICLE} == set(PageEra) - SCRIPTED
