from collections import Counter
from itertools import pairwise

import pytest

from newsarchive.exceptions import UsageError
from newsarchive.replica.scenario import (
    advance,
    compose,
    expected_revisions,
    open_newsroom,
    play,
    read,
)
from newsarchive.replica.script import SCENARIOS, get_scenario
from newsarchive.sources import get_source


@pytest.fixture(scope="module")
def day():
    """Give the steps of a day by name, with the state before and after each."""
    newsroom, steps = open_newsroom(60), []
    for step in get_scenario("day").steps:
        after, happened = advance(newsroom, step)
        steps.append((newsroom, after, happened))
        newsroom = after
    return steps


def named(day, name):
    return next(step for step in day if step[2].name == name)


def changed_stories(step):
    """Return each article that a step changed before and after it, the newest first."""
    before, after, _ = step
    pairs = [(before.drafts[n], after.drafts[n]) for n in sorted(before.drafts, reverse=True)]
    return [(compose(before.desk, a), compose(after.desk, b)) for a, b in pairs if a != b]


@pytest.mark.parametrize(
    ("name", "what", "is_revision"),
    [
        pytest.param("publish", "published", True, id="a new article"),
        pytest.param("edit body", "body", True, id="a paragraph more"),
        pytest.param("edit headline", "headline", True, id="another title"),
        pytest.param("cosmetic change", "cosmetics", False, id="nothing that is read"),
        pytest.param("undo body edit", "body", True, id="back to the first text"),
        pytest.param("recategorise", "feeds", False, id="another feed"),
        pytest.param("correct figure", "body", True, id="another number"),
    ],
)
def test_what_a_step_does(day, name, what, is_revision):
    _, _, happened = named(day, name)
    assert happened.articles
    assert {article.what for article in happened.articles} == {(what,)}
    assert {article.is_revision for article in happened.articles} == {is_revision}


def test_headline_and_body_may_change_together(day):
    _, _, happened = named(day, "edit headline and body")
    assert happened.articles[0].what == ("headline", "body")


def test_publication_time_never_moves(day):
    for step in day:
        for before, after in changed_stories(step):
            assert before.published_at == after.published_at
            assert before.external_id == after.external_id


def test_a_correction_changes_one_number_only(day):
    [(before, after)] = changed_stories(named(day, "correct figure"))
    old, new = " ".join(before.blocks).split(), " ".join(after.blocks).split()
    [(was, has_become)] = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    assert int(has_become.split("\u00a0")[0]) == int(was.split("\u00a0")[0]) + 2


def test_cosmetics_differ_for_a_machine_and_not_for_a_reader(day):
    stories = changed_stories(named(day, "cosmetic change"))
    assert len(stories) == 3
    for before, after in stories:
        assert before != after
        assert read(before) == read(after)
    joined = ["".join(after.blocks) for _, after in stories]
    assert joined[0].count("\u00a0") > "".join(stories[0][0].blocks).count("\u00a0")
    assert joined[1].count("data-cke") != "".join(stories[1][0].blocks).count("data-cke")
    assert stories[2][1].is_cropped


def test_an_undone_edit_gives_the_first_text_again(day):
    _, after, happened = named(day, "undo body edit")
    [article] = happened.articles
    revisions = expected_revisions([*(state for state, _, _ in day), after])[article.external_id]
    assert len(revisions) == 3
    assert revisions[0] == revisions[2] != revisions[1]
    assert len(revisions[1].paragraphs) == len(revisions[0].paragraphs) + 1


def test_a_recategorised_article_leaves_its_first_feed(day):
    before, after, _ = named(day, "recategorise")
    [moved] = [n for n in before.drafts if before.drafts[n].feeds != after.drafts[n].feeds]
    own, other = before.drafts[moved].feeds[0], after.drafts[moved].feeds[0]
    assert before.drafts[moved] in before.entries(own)
    assert after.drafts[moved] in after.entries(other)
    assert after.drafts[moved] not in after.entries(own)


def test_only_feeds_that_changed_are_newer(day):
    before, after, _ = named(day, "edit headline")
    newer = {slug for slug, at in after.changed_at.items() if at == after.at}
    touched = {
        slug
        for n in before.drafts
        for slug in after.drafts[n].feeds
        if before.drafts[n] != after.drafts[n]
    }
    assert newer == touched


def test_the_truth_of_a_whole_day():
    states = list(play(open_newsroom(60), SCENARIOS["day"].steps))
    revisions = expected_revisions(states)
    assert len(revisions) == 65
    assert Counter(map(len, revisions.values())) == {1: 61, 2: 1, 3: 3}
    for texts in revisions.values():
        assert all(a != b for a, b in pairwise(texts))


def test_nothing_happens_on_a_quiet_day():
    revisions = expected_revisions(play(open_newsroom(40), SCENARIOS["quiet"].steps))
    assert [len(texts) for texts in revisions.values()] == [1] * 40


def test_truth_is_what_the_feeds_showed():
    newsroom = open_newsroom(100, window=2)
    shown = {d.number for feed in newsroom.feeds for d in newsroom.entries(feed.slug)}
    assert len(expected_revisions([newsroom])) == len(shown) < 100


@pytest.mark.parametrize("articles", [0, 1, 60, 500, 2000])
def test_every_article_is_in_a_feed_that_is_on_by_default(articles):
    newsroom = open_newsroom(articles)
    enabled = [feed.slug for feed in get_source("nos").feeds if feed.enabled]
    shown = [draft.number for slug in enabled for draft in newsroom.entries(slug)]
    assert set(shown) == set(newsroom.drafts)
    if articles >= 60:
        assert len(shown) > articles, "articles are in several feeds"
    if articles <= 200:
        assert newsroom.window == 20


def test_articles_can_be_kept_to_a_few_feeds():
    newsroom = open_newsroom(100, feeds=4)
    assert [f.slug for f in newsroom.feeds if newsroom.entries(f.slug)] == [
        feed.slug for feed in newsroom.feeds[:4]
    ]


def test_a_scenario_goes_on_with_hardly_any_articles():
    for articles in (0, 1, 3):
        *_, last = play(open_newsroom(articles), SCENARIOS["day"].steps)
        assert last.step == len(SCENARIOS["day"].steps)


def test_an_unknown_scenario_lists_the_known_ones():
    with pytest.raises(UsageError, match="Known scenarios: quiet, day"):
        get_scenario("nacht")
