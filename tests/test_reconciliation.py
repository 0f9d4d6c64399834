import pytest

from newsarchive.reconciliation import Agreement, heal, reconcile

SOUND = "De financiële gevolgen\n\nzijn groot."


@pytest.mark.parametrize(
    ("of_post", "text", "expected"),
    [
        pytest.param(SOUND, SOUND + "\n", Agreement.SAME, id="the same but for white space"),
        pytest.param(
            SOUND, SOUND.replace("ë", "ƫ"), Agreement.TEXT_DAMAGED, id="the text is damaged"
        ),
        pytest.param(
            SOUND.replace("De ", "‘De’ "),
            "耘De耙 financiƫleĠgevolgen\n\nzijn groot.",
            Agreement.TEXT_DAMAGED,
            id="the text is damaged wherever it is not ASCII",
        ),
        pytest.param(
            SOUND.replace("ë", "ƫ"), SOUND, Agreement.POST_DAMAGED, id="the post is damaged"
        ),
        pytest.param(SOUND, "Iets anders.", Agreement.CONTRADICTED, id="two different texts"),
        pytest.param(
            SOUND, SOUND.replace("groot", "klein"), Agreement.CONTRADICTED, id="one other word"
        ),
    ],
)
def test_reconcile(of_post, text, expected):
    assert reconcile(of_post, text) is expected


def test_a_damaged_post_is_healed_word_by_word_and_keeps_its_markup():
    html = '<p>De <a href="https://nos.nl/">financiƫle</a> gevolgen</p>\n<p>zijn groot.</p>'
    healed = heal(html, SOUND.replace("ë", "ƫ"), SOUND)
    assert healed == html.replace("ƫ", "ë")
