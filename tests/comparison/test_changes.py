import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsarchive.comparison.changes import ChangeClass, Part, classify_change

TITLE = "Brug bij Zutphen dicht na aanvaring"
LEAD = "De brug over de IJssel bij Zutphen is dicht nadat een schip de pijler raakte."
SECOND = "Volgens schipper Van Dalen werkte het roer niet. Er vielen twaalf gewonden."
THIRD = "Automobilisten moeten zeker tot vrijdag omrijden over Deventer, zegt wethouder Boersma."
NEW = "Duikers onderzoeken morgen of de fundering onder water nog heel is gebleven."
OTHER_STORY = (
    "Een kudde schapen heeft maandag urenlang de snelweg bij Hoogeveen geblokkeerd.",
    "De dieren waren door een gat in het hek ontsnapt en lieten zich niet zomaar vangen.",
    "Pas toen de herder met zijn honden kwam, liepen ze rustig terug en hield de file op.",
)


def text(*blocks):
    return "\n\n".join(blocks)


STORY = text(LEAD, SECOND, THIRD)


def edited(old, new):
    """Return the story with one passage written otherwise."""
    assert old in STORY
    return STORY.replace(old, new)


def classes_of(new_text=STORY, new_title=TITLE, old_text=STORY, old_title=TITLE):
    found = classify_change(old_title, old_text, new_title, new_text)
    return sorted(found.classes)


@pytest.mark.parametrize(
    ("new", "classes"),
    [
        pytest.param(edited("Automobilisten", "Automobilsten"), ["typo"], id="a letter missing"),
        pytest.param(edited("schipper", "shcipper"), ["typo"], id="two letters changed places"),
        pytest.param(edited("raakte", "raaktte"), ["typo"], id="a letter too many"),
        pytest.param(edited("omrijden", "om rijden"), ["typo"], id="a space within a word"),
        pytest.param(edited("dicht nadat", "dicht, nadat"), ["typo"], id="a comma"),
        pytest.param(edited("vrijdag", "Vrijdag"), ["typo"], id="a capital"),
        pytest.param(edited("zeker", "zéker"), ["typo"], id="an accent"),
        pytest.param(edited("niet.", "niet?"), ["wording"], id="a question is no slip"),
        pytest.param(edited("roer", '"roer"'), ["wording"], id="quotation marks are no slip"),
        pytest.param(edited("moeten", "moesten"), ["wording"], id="another tense is no slip"),
        pytest.param(edited("vielen", "vallen"), ["wording"], id="nor with another vowel"),
        pytest.param(edited("gewonden", "gewonde"), ["wording"], id="another form is no slip"),
        pytest.param(edited("dicht", "licht"), ["wording"], id="another first letter is no slip"),
        pytest.param(edited("een schip", "een boot"), ["wording"], id="another word"),
        pytest.param(edited("twaalf", "dertien"), ["number"], id="another number in words"),
        pytest.param(edited("twaalf", "24"), ["number"], id="another number in digits"),
        pytest.param(edited("twaalf", "12"), ["wording"], id="the same number in digits"),
        pytest.param(
            edited("vielen twaalf", "vielen zeker veertien"),
            ["number", "wording"],
            id="another number, and a word",
        ),
        pytest.param(
            edited("twaalf gewonden", "gewonden"), ["wording"], id="a number that went away"
        ),
        pytest.param(edited("Boersma", "Hoekstra"), ["name"], id="another name"),
        pytest.param(edited("Boersma", "Boersna"), ["name"], id="a name spelt otherwise"),
        pytest.param(edited("wethouder Boersma", "de wethouder"), ["wording"], id="a name less"),
        pytest.param(
            edited("schipper Van Dalen", "stuurman De Wit"),
            ["name", "wording"],
            id="another name and trade",
        ),
        pytest.param(text(LEAD, SECOND, NEW, THIRD), ["added paragraph"], id="a paragraph more"),
        pytest.param(text(LEAD, THIRD), ["removed paragraph"], id="a paragraph less"),
        pytest.param(
            text(LEAD, SECOND, "Onderzoek", NEW, THIRD),
            ["added paragraph"],
            id="a paragraph with its heading",
        ),
        pytest.param(text(LEAD, SECOND, "Omrijden", THIRD), ["wording"], id="a heading alone"),
        pytest.param(
            text(LEAD, NEW, THIRD),
            ["added paragraph", "removed paragraph"],
            id="a paragraph in the place of another",
        ),
        pytest.param(text(LEAD, THIRD, SECOND), ["wording"], id="paragraphs that changed places"),
        pytest.param(
            edited("niet. Er", "niet.\n\nEr"), ["markup"], id="a paragraph split, word for word"
        ),
        pytest.param(
            edited("niet. Er", "niet.\n\nEr").replace("raakte", "raaktte"),
            ["typo", "wording"],
            id="a paragraph split, and a slip elsewhere",
        ),
        pytest.param(STORY, ["markup"], id="every word as it was"),
        pytest.param(
            STORY.replace(" ", "\xa0"), ["markup"], id="white space of another kind is none"
        ),
        pytest.param(
            text(*OTHER_STORY),
            ["added paragraph", "removed paragraph"],
            id="another text, too short to be called a rewrite",
        ),
        pytest.param(LEAD, ["removed paragraph"], id="a text that was cut is not written anew"),
        pytest.param(
            text(LEAD, SECOND, THIRD, *OTHER_STORY),
            ["added paragraph"],
            id="nor is one that grew",
        ),
        pytest.param("", ["removed paragraph"], id="nothing is left"),
    ],
)
def test_classes_of_a_text(new, classes):
    assert classes_of(new) == classes


@pytest.mark.parametrize(
    ("new", "classes"),
    [
        pytest.param("Brug bij Deventer dicht na aanvaring", ["name"], id="a name"),
        pytest.param("Brug bij Zutphen dicht na aanvarring", ["typo"], id="a slip"),
        pytest.param("'Brug bij Zutphen dicht na aanvaring'", ["wording"], id="a quotation now"),
        pytest.param("Brug bij Zutphen weken dicht", ["wording"], id="words"),
    ],
)
def test_classes_of_a_headline(new, classes):
    assert classes_of(new_title=new) == classes


@pytest.mark.parametrize(
    ("title", "new", "parts"),
    [
        pytest.param("Brug weken dicht", STORY, ["headline"], id="the headline"),
        pytest.param(TITLE, edited("een schip", "een boot"), ["lead"], id="the lead"),
        pytest.param(TITLE, edited("twaalf", "elf"), ["body"], id="the body"),
        pytest.param(TITLE, text(NEW, STORY), ["lead"], id="another lead, the old one behind it"),
        pytest.param(TITLE, text(SECOND, THIRD), ["lead"], id="the lead is gone"),
        pytest.param(
            "Brug dicht",
            edited("een schip", "een boot").replace("twaalf", "elf"),
            ["headline", "lead", "body"],
            id="all of them",
        ),
        pytest.param(f" {TITLE}\xa0", STORY, ["body"], id="space around a headline is nothing"),
    ],
)
def test_parts(title, new, parts):
    assert list(classify_change(TITLE, STORY, title, new).parts) == parts


@pytest.mark.parametrize(
    ("old", "new", "classes"),
    [
        pytest.param("12.000", "12000", ["typo"], id="the dots of thousands"),
        pytest.param("1,5", "15", ["number"], id="a comma within a number"),
        pytest.param("3-2", "3-3", ["number"], id="a score"),
        pytest.param("14.30", "15.30", ["number"], id="a time of day"),
        pytest.param("vierentwintig", "vijfentwintig", ["number"], id="long numbers in words"),
        pytest.param("tweede", "derde", ["number"], id="ordinals"),
        pytest.param("acht", "acht", ["markup"], id="the same number"),
        pytest.param("een", "één", ["wording"], id="with accents the article is a number"),
        pytest.param("VVD", "PvdA", ["name"], id="names in capitals"),
        pytest.param("Trumps", "Trump", ["wording"], id="a genitive is no other name"),
        pytest.param("vinden", "vonden", ["wording"], id="another vowel is another tense"),
        pytest.param("gebeurd", "gebeurt", ["typo"], id="d and t"),
        pytest.param("word", "wordt", ["typo"], id="a t that was forgotten"),
        pytest.param("kan", "kon", ["wording"], id="short words are other words"),
        pytest.param("corona-tijd", "coronatijd", ["typo"], id="a hyphen"),
    ],
)
def test_classes_of_a_word(old, new, classes):
    sentence = "Daar staat het woord {} tussen andere woorden."
    assert classes_of(sentence.format(new), old_text=sentence.format(old)) == classes


def test_a_rewrite_leaves_little_of_a_long_text():
    old, new = text(STORY, NEW), text(*OTHER_STORY, "Niemand raakte gewond, zegt de politie.")
    assert "rewrite" in classes_of(new, old_text=old)
    assert "rewrite" not in classes_of(text(new, STORY), old_text=old)


def test_in_a_long_stretch_nobody_can_tell_which_name_stands_for_which():
    sentence = f"{NEW} {{}} {LEAD}"
    old = sentence.format("Dat zegt woordvoerder Boersma van de brandweer in de streek")
    new = sentence.format("Burgemeester Hoekstra hoopt zo op klaarheid voor al wie er rijdt")
    assert classes_of(new, old_text=old) == ["wording"]


BLOCKS = st.lists(
    st.sampled_from([LEAD, SECOND, THIRD, NEW, *OTHER_STORY, "Kop", "12", "§"]), max_size=6
).map(lambda blocks: text(*blocks))


@given(BLOCKS, BLOCKS, st.sampled_from([TITLE, "Kop"]))
def test_every_change_has_parts_and_classes(old, new, title):
    found = classify_change(TITLE, old, title, new)
    assert found.classes
    assert found.parts
    assert (ChangeClass.MARKUP in found.classes) == (old.split() == new.split() and title == TITLE)
    assert (Part.HEADLINE in found.parts) == (title != TITLE)


def test_a_very_long_text_takes_no_time():
    old = text(*(f"Alinea {number} gaat over water en wind." for number in range(3000)))
    new = text(*(f"Stuk {number} handelt van zon en zee." for number in range(3000)))
    assert "rewrite" in classes_of(new, old_text=old)


@pytest.mark.samples
def test_the_edits_of_one_morning(samples):
    seen, found = {}, []
    for path in sorted((samples / "snapshots-2020-04-01").glob("*.xml")):
        for entry in etree.parse(path).iter("item"):
            said = {child.tag.removeprefix("item_"): child.text or "" for child in entry}
            blocks = (line.strip() for line in said["description"].split("\n"))
            now = (said["title"].strip(), text(*filter(None, blocks)))
            before = seen.get(said["guid"], now)
            if before != now:
                change = classify_change(*before, *now)
                number = said["guid"].strip().rpartition("/")[2]
                found.append((number, list(change.parts), list(change.classes)))
            seen[said["guid"]] = now
    assert found == [
        ("2328995", ["headline", "lead", "body"], ["typo", "wording"]),
        ("2328980", ["body"], ["wording"]),  # a word too many
        ("2328970", ["body"], ["wording"]),
        ("2329005", ["body"], ["wording"]),  # a word that stood twice
        ("2329029", ["body"], ["added paragraph"]),
        ("2329025", ["lead"], ["wording"]),
        ("2328988", ["body"], ["wording"]),  # names moved and others came
    ]
