import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.cleaning.mojibake import (
    is_damaged_copy,
    repair_text,
    restore_from_sibling,
)


def misread(text: str, encoding: str) -> str:
    """Return `text` as a program shows it that takes its UTF-8 for `encoding`."""
    if encoding == "latin-1":
        return text.encode().decode("latin-1")
    # Windows-1252 with its five holes read as Latin-1, as every browser does.
    return "".join(
        bytes([byte]).decode("cp1252" if byte not in b"\x81\x8d\x8f\x90\x9d" else "latin-1")
        for byte in text.encode()
    )


@pytest.mark.parametrize(
    ("damaged", "sound", "count"),
    [
        pytest.param("de financiÃ«le crisis", "de financiële crisis", 1, id="the word of 2019"),
        pytest.param("financiÃƒÂ«le", "financiële", 1, id="encoded twice is one place"),
        pytest.param("â€œJa”, zei hij", "“Ja”, zei hij", 1, id="one of two quotation marks"),
        pytest.param("â€˜s Ochtendsâ€™", "‘s Ochtends’", 2, id="two places are counted"),
        pytest.param("“Ja” – de coÃ¶peratie…", "“Ja” – de coöperatie…", 1, id="in a sound text"),
        pytest.param("â‚¬ 12,50", "€ 12,50", 1, id="three bytes"),
        pytest.param("Feest! ðŸŽ‰", "Feest! 🎉", 1, id="four bytes"),
        pytest.param("Ã‰Ã©n van hen", "Één van hen", 1, id="two letters in a row"),
        pytest.param("NOÃ‹L", "NOËL", 1, id="within capitals"),
        pytest.param("ErdoÄŸan en MiloÅ¡", "Erdoğan en Miloš", 2, id="names from elsewhere"),
        pytest.param("4 Ã\xa0 5 doelpunten", "4 à 5 doelpunten", 1, id="a with a grave accent"),
        pytest.param("5Â°C", "5°C", 1, id="a sign"),
        pytest.param("5Â km", "5\xa0km", 1, id="a no-break space made plain by a later hand"),
        pytest.param("de VVDÂ\xa0wil", "de VVD\xa0wil", 1, id="no word ends in Â"),
        pytest.param("IKEAÂ® en NOSâ„¢", "IKEA® en NOS™", 2, id="marks after capitals"),
        pytest.param("minder COâ‚‚", "minder CO₂", 1, id="a figure below the line"),
        pytest.param(
            "ÄŒeferin, Åženol, Åšwiatek in ÃŽle-de-France",
            "Čeferin, Şenol, Światek in Île-de-France",
            4,
            id="capitals that begin a name",
        ),
        pytest.param("Lees meer Â»", "Lees meer »", 1, id="a sign by itself"),
        pytest.param("\x93Nee\x94, zei zij", "“Nee”, zei zij", 2, id="1252 read as Latin-1"),
        pytest.param(misread("Москва", "cp1252"), "Москва", 1, id="a word of another script"),
        pytest.param(
            '<p>financiÃ«le <a href="https://nos.nl/l/1">"zorg"</a></p>',
            '<p>financiële <a href="https://nos.nl/l/1">"zorg"</a></p>',
            1,
            id="in markup",
        ),
    ],
)
def test_certain_mojibake_is_repaired(damaged, sound, count):
    assert repair_text(damaged) == (sound, count)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("De “minister” zei: ‘nee’… – en ging", id="typographic punctuation"),
        pytest.param("São Paulo, João, Conceição", id="Portuguese"),
        pytest.param("CONCEIÇÃO, SÃO PAULO", id="Portuguese in capitals"),
        pytest.param("de zangeres \u201cIRM\xc3\u201d zong", id="a quotation that ends in Ã"),
        pytest.param("IRM\xc3\u2026 en toen", id="Ã and an ellipsis"),
        pytest.param("DE IRM\xc3\u2013 en toen", id="Ã and a dash"),
        pytest.param("DE IRMÃ\xa0DULCE", id="Ã and a no-break space"),
        pytest.param("C O N C L U S Ã O", id="Ã standing alone"),
        pytest.param("de letter \u201c\xc3\u201d, zei hij", id="Ã quoted"),
        pytest.param("in CAFÉ” en RENÉ’s café’s", id="É and punctuation"),
        pytest.param("de CAF\xc9\u201ds", id="a letter, a mark and a letter spell another letter"),
        pytest.param("een straal van 10 \xc5\u2014 ja", id="a unit and a dash"),
        pytest.param("de letter «\xc2»", id="Â quoted"),
        pytest.param("\xc4ššǩ, PÄŽE en ÅŠE", id="letters of Skolt Sámi, and words in capitals"),
        pytest.param("M\xc4\xa3\xc4M", id="letters made of signs"),
        pytest.param("over Brontë…” en ‘Zoë’…", id="small letters and much punctuation"),
        pytest.param("financiƫle", id="damaged otherwise: nothing is guessed"),
        pytest.param("â€\ufffd zei hij", id="a byte is lost: nothing is guessed"),
        pytest.param("voilÃ le travail", id="a space may be lost: nothing is guessed"),
        pytest.param("IKEA™, 10 Å, 5×£35 en NESTLÉ®", id="signs after letters"),
        pytest.param("£ 5, € 6, ½ liter, 20 °C, 3 m², ± 4", id="signs after figures"),
        pytest.param("İstanbul, Erdoğan, Łódź, Žižek, Tōkyō", id="other alphabets' letters"),
        pytest.param("Україна, Ελλάδα, 北京, ירושלים", id="other scripts"),
        pytest.param("feest 🎉👍🏽 ja", id="emoji"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_could_be_meant_is_untouched(text):
    assert repair_text(text) == (text, 0)


WORDS = st.sampled_from([
    *("de", "financiële", "één", "crisis", "coöperatie", "België", "naïef", "café", "première"),
    *("señor", "€5", "“ja”", "‘nee’", "foto’s", "…", "–", "Curaçao", "maïs", "crème", "fraîche"),
])  # fmt: skip
QUOTED = st.tuples(
    st.text(st.sampled_from("‘“„«‹("), max_size=2),
    st.sampled_from([
        *("São", "IRM\xc3", "CAF\xc9", "MALM\xd6", "\xc5RE", "VOIL\xc0", "NESTL\xca"),
        *("voilà", "reëel", "Brontë", "Zoë", "Erdoğan"),
    ]),
    st.text(st.sampled_from("’”»›…–—!?.,;:)™®\xa0"), max_size=3),
).map("".join)  # fmt: skip


@given(st.lists(WORDS | QUOTED))
def test_sound_prose_is_untouched(words):
    text = " ".join(words)
    assert repair_text(text) == (text, 0)


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_ascii_is_untouched(text):
    assert repair_text(text) == (text, 0)


@given(st.text())
def test_repairing_twice_is_repairing_once(text):
    repaired, _ = repair_text(text)
    assert repair_text(repaired) == (repaired, 0)


@given(st.text(st.sampled_from("aÃÂâ€œ™«©¶ \xa0\x80ðŸ,ë’”éÉ")))
def test_repairing_twice_is_repairing_once_among_its_like(text):
    repaired, _ = repair_text(text)
    assert repair_text(repaired) == (repaired, 0)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
@given(words=st.lists(WORDS))
def test_misread_prose_comes_back(encoding, words):
    text = " ".join(words)
    assert repair_text(misread(text, encoding))[0] == text


@given(words=st.lists(WORDS))
def test_misreading_twice_comes_back_too(words):
    text = " ".join(words)
    assert repair_text(misread(misread(text, "cp1252"), "cp1252"))[0] == text


@given(before=st.lists(WORDS), after=st.lists(WORDS))
def test_one_damaged_word_costs_the_rest_nothing(before, after):
    damaged = " ".join([*before, "zeeÃ«n", *after])
    assert repair_text(damaged) == (" ".join([*before, "zeeën", *after]), 1)


def test_a_sound_text_needs_no_ftfy():
    program = (
        "import sys; from newsarchive.cleaning.mojibake import repair_text; "
        "repair_text('de financiële “crisis”…'); sys.exit('ftfy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "sound", "expected"),
    [
        pytest.param("de financiƫle crisis", "de financiële crisis", True, id="one letter"),
        pytest.param("financi\ufffdle", "financiële", True, id="a replacement character"),
        pytest.param("financi?le", "financiële", True, id="a question mark within a word"),
        pytest.param("financi\x81le", "financiële", True, id="a control character"),
        pytest.param("ƩƩn dag 20 İC", "één dag 20 °C", True, id="a letter of Turkey beside it"),
        pytest.param("Belgiƫ, de VVDĠwil", "België, de VVD wil", True, id="two words joined"),
        pytest.param("脬 12 耓 of meer", "€ 12 – of meer", True, id="signs of another script"),
        pytest.param("financiële", "financiƫle", False, id="the wrong way round"),
        pytest.param("financiële", "financiële", False, id="no difference"),
        pytest.param("20 £ of meer", "20 € of meer", False, id="nothing that looks damaged"),
        pytest.param("financiƫle zorg", "financiële hulp", False, id="another word too"),
        pytest.param("financiƫle", "financiele", False, id="no sign there in the other"),
        pytest.param("financiƫle", "financi\ufffdle", False, id="the other is damaged as well"),
        pytest.param("ƫ Waarom?", "ë Waarom", False, id="a question is no damage"),
    ],
)
def test_is_damaged_copy(text, sound, expected):
    assert is_damaged_copy(text, sound) is expected


@pytest.mark.parametrize(
    ("damaged", "sound", "is_restored"),
    [
        pytest.param("de financiƫle crisis", "de financiële crisis", True, id="one word"),
        pytest.param("financiƫle coƶperatie", "financiële coöperatie", True, id="two words"),
        pytest.param("financi??le", "financiële", True, id="two signs for one letter"),
        pytest.param("foto?s", "foto’s", True, id="an apostrophe"),
        pytest.param("een\n\ntwee ƫ", "een twee ë", True, id="white space aside"),
        pytest.param("dezelfde tekst", "dezelfde tekst", True, id="no difference at all"),
        pytest.param("financiƫle crisis", "financiële rampspoed", False, id="another word too"),
        pytest.param("financiƫle", "financiële crisis", False, id="a word more"),
        pytest.param("financiƫle", "financiele", False, id="the sibling has no accent there"),
        pytest.param("financiƫle", "financiële,", False, id="punctuation differs too"),
        pytest.param("financiƫle", "financi\ufffdle", False, id="the sibling is damaged as well"),
        pytest.param("financiële", "financiƫle", False, id="the wrong way round"),
        pytest.param("Kom je mee?", "Kom je mee…", False, id="a question is no damage"),
        pytest.param("a", "b", False, id="two texts"),
    ],
)
def test_restore_from_sibling(damaged, sound, is_restored):
    assert restore_from_sibling(damaged, sound) == (sound if is_restored else None)


@pytest.mark.samples
def test_real_texts_are_untouched(samples):
    for path in [*samples.glob("*.jsonl"), *samples.glob("*.html"), *samples.glob("*.xml")]:
        text = path.read_text(encoding="utf-8")
        assert repair_text(text) == (text, 0), path.name
