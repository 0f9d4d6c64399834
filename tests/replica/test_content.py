import re
from dataclasses import astuple

import pytest

from newsarchive.replica import content, page_content
from newsarchive.sources import get_source

WORDS = {
    *("where", "country", "town", "headline", "subject", "surname", "person", "voice", "expert"),
    *("count", "weekday"),
}
TONES = [*content.REMARKS.values(), content.SERIOUS]


def templates(vocabulary):
    return [template for part in astuple(vocabulary) for template in part]


ON_PAGES = [words for words in vars(page_content).values() if isinstance(words, tuple)]


@pytest.mark.parametrize(
    "vocabulary",
    [*map(templates, [*content.TOPICS.values(), *TONES]), *ON_PAGES],
    ids=lambda _: None,
)
def test_every_template_can_be_filled(vocabulary):
    for template in vocabulary:
        assert template == " ".join(template.split())
        assert template.count("[") == template.count("]")
        names = re.findall(r"\{([^}.]+)\}", template)
        assert {name.lower() for name in names} <= WORDS, template


@pytest.mark.parametrize("topic", content.TOPICS.values(), ids=content.TOPICS)
def test_every_title_names_a_place_and_a_subject(topic):
    for title in topic.titles:
        assert "{where}" in title
        assert "{subject}" in title or "{headline}" in title


def test_a_place_at_home_has_a_city_abroad():
    assert len(content.PLACES) == len(content.CITIES)


@pytest.mark.parametrize("tone", TONES, ids=lambda _: None)
def test_every_figure_has_a_percentage_to_correct(tone):
    assert all(re.search(r"\}[ ~]procent", figure) for figure in tone.figures)
    assert all("<a>" in link for link in tone.links)


def test_every_category_that_is_written_for_has_words_of_its_own():
    general = {"sport", "video", "algemeen", "op3", "herstel"}
    assert set(get_source("nos").categories) - general == set(content.TOPICS)
