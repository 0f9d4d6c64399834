"""Pairs of articles, labelled: near-duplicates or not, in the forms that NOS's texts have.

All prose is invented. The stories are the replica's; columns and notices are written here, as
templates: `{a|b}` is a choice, `#` a number, `@` a place, `&` a surname, `%` a weekday, `$` a date.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from newsarchive.model import Kind
from newsarchive.replica import documents
from newsarchive.replica.articles import plain
from newsarchive.replica.content import PLACES, SURNAMES, WEEKDAYS
from newsarchive.replica.documents import Desk

BEATS = ("binnenland", "buitenland", "politiek", "economie", "tech", "voetbal", "cultuurenmedia")
SYNONYMS = (
    ("zegt", "vertelt"), ("volgens", "aldus"), ("ook", "eveneens"), ("maar", "toch"),
    ("nog", "voorlopig"), ("niet", "geenszins"), ("wordt", "zal worden"), ("veel", "een hoop"),
    ("vinden", "menen"), ("jaar", "seizoen"), ("weken", "zeven dagen"), ("mensen", "inwoners"),
    ("eerder", "al"), ("blijkt", "komt naar voren"), ("bijna", "net geen"), ("ruim", "meer dan"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """An article as far as comparing sees it."""

    title: str
    text: str
    kind: Kind = Kind.ARTICLE


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles, of what class they are, and whether they are near-duplicates."""

    form: str
    is_near: bool
    one: Text
    other: Text


def make_pairs(seed: int) -> list[Pair]:
    """Return all pairs of every class; another seed, other pairs."""
    return [
        Pair(form, is_near, *make(Random(f"{seed} {form} {number}")))
        for form, (is_near, count, make) in FORMS.items()
        for number in range(count)
    ]


def story(random: Random, least: int = 7) -> tuple[str, list[str]]:
    """Return a title and the blocks of a story of the replica."""
    desk = Desk(BEATS, seed=random.randrange(10**6))
    while True:
        number = random.randrange(10**5)
        blocks = [plain(block) for block in documents.body(desk, number)]
        if len(blocks) >= least:
            return documents.headline(desk, number), blocks


def fill(template: str, random: Random) -> str:
    """Return `template` with its choices made."""
    text = re.sub(r"\{([^{}]*)\}", lambda m: random.choice(m[1].split("|")), template)
    marks = {
        "#": lambda: str(random.randrange(2, 400)),
        "@": lambda: random.choice(PLACES),
        "&": lambda: random.choice(SURNAMES),
        "%": lambda: random.choice(WEEKDAYS),
        "$": lambda: f"{random.randrange(1, 29)}/{random.randrange(1, 13)}",
    }
    return re.sub(r"[#@&%$]", lambda m: marks[m[0]](), text)


def _text(title: str, blocks: list[str]) -> Text:
    return Text(title, "\n\n".join(blocks))


def _edited(random: Random) -> tuple[Text, Text]:
    """A few words of it were put right, silently, and it came out under another number."""
    title, blocks = story(random)
    edited = list(blocks)
    for place in random.sample(range(len(blocks)), random.randint(1, 3)):
        edited[place] = _reworded(edited[place], random, 0.3)
    return _text(title, blocks), _text(title, edited)


def _reissued(random: Random) -> tuple[Text, Text]:
    """A new headline, some paragraphs more, one less."""
    title, blocks = story(random)
    new_title, more = story(random)
    reissued = list(blocks)
    del reissued[random.randrange(1, len(blocks))]
    reissued[1:1] = more[: random.randint(1, 3)]
    return _text(title, blocks), _text(f"{title.partition(':')[0]}: {new_title}", reissued)


def _grown(random: Random) -> tuple[Text, Text]:
    """A first short report and the whole story."""
    title, blocks = story(random, 9)
    first = blocks[: max(5, int(len(blocks) * random.uniform(0.5, 0.8)))]
    return _text(f"{title} (volgt meer)", first), _text(title, blocks)


def _reworded_story(random: Random) -> tuple[Text, Text]:
    """Another editor went over all of it, and turned paragraphs round."""
    title, blocks = story(random)
    again = [_reworded(block, random, random.uniform(0, 0.5)) for block in blocks]
    place = random.randrange(1, len(again) - 1)
    again[place], again[place + 1] = again[place + 1], again[place]
    return _text(title, blocks), _text(title, again)


def _reworded(text: str, random: Random, rate: float) -> str:
    for word, other in SYNONYMS:
        if random.random() < rate:
            text = re.sub(rf"\b{word}\b", other, text)
    return text


def _copied(random: Random) -> tuple[Text, Text]:
    """Another publisher took it over: other quotation marks, cut at the end, lines of its own."""
    title, blocks = story(random)
    kept = blocks[: max(5, int(len(blocks) * random.uniform(0.6, 1)))]
    copy = [block.replace('"', "'").replace("~", " ") for block in kept]
    lines = [fill("@ - Van onze {redactie|verslaggever}", random), *copy]
    foot = "Meer nieuws uit de regio lees je in onze app. Heb je een tip? Mail de redactie."
    return _text(title, blocks), _text(f"{title.rstrip('.')} - Omroep", [*lines, foot])


def _updated_toll(random: Random) -> tuple[Text, Text]:
    """The same report an hour later: more people hurt, a paragraph more."""
    _, blocks = story(random)
    toll = random.randrange(3, 20)
    lead = "Bij de uitslaande brand in een flat in {} zijn zeker {} mensen gewond geraakt."
    place, more = random.choice(PLACES), random.randrange(21, 40)
    first = [lead.format(place, toll), *blocks]
    second = [lead.format(place, more), *story(random)[1][1:2], *blocks]
    return (
        _text(f"{toll} gewonden bij brand {place}", first),
        _text(f"Zeker {more} gewonden bij brand {place}", second),
    )


def _much_grown(random: Random) -> tuple[Text, Text]:
    """Hardly more than the first paragraphs, and the whole story."""
    title, blocks = story(random, 9)
    return _text(title, blocks[: max(4, len(blocks) // 3)]), _text(title, blocks)


def _half_told_anew(random: Random) -> tuple[Text, Text]:
    """Half of the paragraphs are new."""
    title, blocks = story(random)
    other = iter(story(random, len(blocks))[1])
    again = [block if random.random() < 0.5 else next(other) for block in blocks]
    return _text(title, blocks), _text(title, again)


def _two_hands(random: Random) -> tuple[Text, Text]:
    """One event, told by two desks: the same quotes and names, other words."""
    title, blocks = story(random)
    other_title, other = story(random)
    quotes = [block for block in blocks if '"' in block or "“" in block][:2]
    return _text(title, blocks), _text(other_title, [other[0], *quotes, *other[1:]])


def _same_report(random: Random) -> tuple[Text, Text]:
    """Another event in the words of the last: every name and number is another."""
    title, blocks = story(random)
    names: dict[str, str] = {}

    def another(found: re.Match[str]) -> str:
        word = found[0]
        made = str(random.randrange(2, 99)) if word[0].isdigit() else random.choice(SURNAMES)
        return names.setdefault(word, made)

    lower = {word for block in blocks for word in re.findall(r"\b[a-zà-ÿ]\w*", block)}
    proper = {w for b in blocks for w in re.findall(r"\b[A-ZÀ-Þ]\w+", b) if w.lower() not in lower}
    pattern = re.compile(r"\b(?:\d+|" + "|".join(sorted(proper | {"Qx"})) + r")\b")
    again = [pattern.sub(another, block) for block in blocks]
    return _text(title, blocks), _text(pattern.sub(another, title), again)


def _same_subject(random: Random) -> tuple[Text, Text]:
    """Two stories of one category."""
    seed, beat = random.randrange(10**6), random.choice(BEATS)
    desk = Desk((beat,), seed=seed)
    first = random.randrange(10**5)
    texts = []
    for number in (first, first + random.choice((1, 2, 8, 40))):
        blocks = [plain(block) for block in documents.body(desk, number)]
        texts.append(_text(documents.headline(desk, number), blocks))
    return texts[0], texts[1]


def column(title: str, blocks: str, kind: Kind = Kind.ARTICLE) -> Callable[..., tuple[Text, Text]]:
    """Return what makes two issues of a column of templates, a line a block."""

    def make(random: Random) -> tuple[Text, Text]:
        texts = [
            Text(fill(title, random), "\n\n".join(fill(b, random) for b in _lines(blocks)), kind)
            for _ in range(2)
        ]
        return texts[0], texts[1]

    return make


def _lines(blocks: str) -> list[str]:
    return [line.strip() for line in blocks.strip().split("\n")]


WEATHER = column(
    "{Weer: |}{zonnig|bewolkt|buien|kans op onweer}{, # graden|}",
    """
    {Vandaag|%} begint {grijs|zonnig|met mist} en in de loop van de {ochtend|middag} {trekken er buien over het land|klaart het vanuit het westen op|breekt de zon door}. Het wordt # graden op de Wadden en # graden in het zuiden van het land.
    De wind waait uit het {zuidwesten|noorden|oosten} en is matig, aan de kust vrij krachtig, windkracht #. Komende nacht koelt het af naar een graad of #.
    Morgen {is het droog|valt er regen} en schijnt {af en toe|geregeld|nauwelijks} de zon. De temperatuur komt dan uit op # tot # graden.
    Na morgen blijft het {wisselvallig|rustig} met maxima van een graad of #. {Tegen het weekend|Vanaf %} neemt de kans op {neerslag|zon} toe.
    Het weerbericht wordt elke dag door de weerredactie gemaakt op basis van waarnemingen en de nieuwste berekeningen van de weermodellen.
    """,  # noqa: E501 - a template is a line
)
WEKDIENST = column(
    "Wekdienst $: {Debat in de Kamer|Treinstaking|Prinsjesdag|Verkiezingen} • {Finale in @|Nieuwe bondscoach|Marathon van @}",  # noqa: E501 - a template is a line
    """
    Goedemorgen! {Vandaag praat de Kamer over het plan van minister &|In @ gaan de inwoners naar de stembus|Het treinverkeer ligt {stil|grotendeels stil}} en {& speelt de finale in @|de bondscoach maakt zijn selectie bekend}.
    Het weer: {bewolkt|zonnig|regenachtig}, met {in het oosten|later} kans op {een bui|mist}. Het wordt # tot # graden.
    Ga je de weg op? Hier vind je een overzicht van de werkzaamheden. Bekijk hier de dienstregeling van het spoor.
    Wat kun je vandaag verwachten?
    {De rechter in @ doet uitspraak in de zaak tegen &|Op het strand van @ begint de grote schoonmaak|De vakbonden praten verder over een loonsverhoging van # procent}.
    Wat heb je gemist?
    {In @ zijn # mensen opgevangen na een brand in een flat|De gemeente @ trekt # miljoen uit voor woningbouw|Burgemeester & van @ stapt op}. De {wethouder|politie|provincie} {wil nog niet reageren|komt vandaag met een verklaring}.
    En dan nog even dit: {in @ is een schildpad van # jaar oud gevonden|een kat reisde # kilometer mee onder een vrachtwagen naar @}.
    Fijne dag!
    """,  # noqa: E501 - a template is a line
)
RESULTS = column(
    "{Uitslagen en standen eredivisie|Uitslagen eredivisie: speelronde #|& wint {weer|ruim} in @}",
    """
    In de eredivisie is % speelronde # gespeeld. {De koploper|De nummer #} won in @ met #-# en blijft bovenaan staan.
    De uitslagen: @ - @ #-#, @ - @ #-#, @ - @ #-#, @ - @ #-# en @ - @ #-#.
    & opende in de #e minuut de score, waarna & in de #e minuut voor de gelijkmaker zorgde. Vlak voor tijd besliste & de wedstrijd.
    De stand: 1. @ # punten, 2. @ # punten, 3. @ # punten, 4. @ # punten, 5. @ # punten.
    De volgende speelronde begint % om 20.00 uur met @ tegen @. Alle doelpunten van de eredivisie zie je % vanaf 19.00 uur bij Studio Sport op NPO 1.
    """,  # noqa: E501 - a template is a line
)
FIGURES = column(
    "{# nieuwe besmettingen, # mensen in ziekenhuis|Aantal meldingen {stijgt|daalt}, # mensen opgenomen}",  # noqa: E501 - a template is a line
    """
    De afgelopen 24 uur zijn bij het instituut # nieuwe besmettingen gemeld. Dat zijn er # {meer|minder} dan gisteren.
    Er zijn # mensen in het ziekenhuis opgenomen en # patiënten overleden. In totaal liggen er nu # mensen op de intensive care, # {meer|minder} dan een dag eerder.
    De meeste meldingen kwamen uit @ (#), @ (#) en @ (#).
    Het werkelijke aantal besmettingen ligt hoger dan het aantal dat hier genoemd wordt, omdat niet iedereen zich laat testen. Door vertraging in de meldingen kunnen cijfers van een dag later worden aangevuld.
    Het instituut maakt elke dag de nieuwste cijfers bekend. Op % volgt een uitgebreid weekoverzicht met cijfers per gemeente.
    """,  # noqa: E501 - a template is a line
)
WARNING = column(
    "KNMI geeft code {geel|oranje} af {voor @ en omgeving|wegens {gladheid|zware windstoten|onweer}}",  # noqa: E501 - a template is a line
    """
    Het KNMI heeft voor % code {geel|oranje} afgegeven wegens {gladheid|zware windstoten|onweer}. De waarschuwing geldt voor @, @ en @, van # uur tot # uur.
    Het verkeer kan er hinder van ondervinden. Weggebruikers krijgen het advies om hun snelheid aan te passen en afstand te houden.
    In @ en @ {zijn de strooiwagens de weg op gegaan|zijn evenementen afgelast}. Op de A# bij @ staat # kilometer file.
    Code geel betekent dat mensen alert moeten zijn op gevaarlijk weer. Bij code oranje is er een grote kans op gevaarlijk weer met grote gevolgen, en bij code rood is er sprake van een weeralarm.
    """,  # noqa: E501 - a template is a line
)
EXCHANGE = column(
    "{AEX {sluit|opent} {hoger|lager}|Beurs {wint|verliest} # punten}",
    """
    De AEX-index op de Amsterdamse beurs is % {hoger|lager} gesloten. De graadmeter noteerde aan het einde van de dag #,# punten, een {winst|verlies} van #,# procent.
    De grootste stijger was & met een winst van #,# procent. Onderaan stond &, dat #,# procent verloor.
    De beurzen in Londen en Parijs {stegen|daalden} tot #,# procent. Een vat olie kostte #,# dollar en de euro was #,# dollar waard.
    Beleggers wachten op het rentebesluit van de centrale bank, dat % bekend wordt gemaakt.
    """,  # noqa: E501 - a template is a line
)
VIDEO = column(
    "{Bekijk de samenvatting van @ - @|&: 'We hebben er alles aan gedaan'}",
    "Bekijk hier de {samenvatting|hoogtepunten} van de wedstrijd tussen @ en @ in speelronde # van de eredivisie.",  # noqa: E501 - a template is a line
    Kind.VIDEO,
)
CLIP = column(
    "{Circuitverkenning @: snelle bochten|&: 'Ik ben tevreden met mijn vorm'}",
    "{In het Afrikaanse land|Op het circuit} wordt % {gestreden om de wereldtitel|de race verreden}. Oud-coureur & verkent het circuit van @ en vertelt waar de coureurs op moeten letten.",  # noqa: E501 - a template is a line
)
NOTICE = column(
    "{Volg hier: persconferentie over @|Liveblog: verkiezingen in @}",
    "In dit liveblog houden we je op de hoogte van {de verkiezingen|de persconferentie|het onweer} in @. Je vindt hier het laatste nieuws, beelden en de reacties. {Minister &|Burgemeester &} spreekt om # uur. Lees hier terug wat er gisteren gebeurde. Heb je een vraag aan onze verslaggevers? Stuur dan een bericht. Kijk ook live mee via de stream op NPO Nieuws of in de NOS-app.",  # noqa: E501 - a template is a line
)
NOTICE_PAGE = column(
    "{Liveblog: verkiezingen in @|Liveblog @}",
    """
    In dit liveblog houden we je op de hoogte van {de verkiezingen|de persconferentie} in @. Je vindt hier het laatste nieuws, beelden en de reacties van politici, deskundigen en kiezers.
    De stembureaus zijn open tot # uur. Rond # uur wordt de eerste exitpoll verwacht, gemaakt op basis van een onderzoek bij # stembureaus in het hele land. Daarna volgt in de loop van de nacht de voorlopige uitslag.
    Wil je meer weten over de partijen en hun plannen? Bekijk dan het overzicht van onze redactie of doe de stemhulp. Kijk ook live mee via de stream op NPO Nieuws of in de NOS-app.
    """,  # noqa: E501 - a template is a line
    Kind.LIVEBLOG,
)


def _digest(random: Random) -> tuple[Text, Text]:
    """The Wekdienst tells of a story in that story's own words (2584334 of 2584326)."""
    title, blocks = story(random)
    issue, _ = WEKDIENST(random)
    lines = issue.text.split("\n\n")
    return _text(title, blocks), _text(issue.title, [*lines[:6], *blocks[:4], *lines[7:]])


def _unrelated(random: Random) -> tuple[Text, Text]:
    return _text(*story(random)), _text(*story(random))


FORMS: dict[str, tuple[bool, int, Callable[[Random], tuple[Text, Text]]]] = {
    "edited": (True, 48, _edited),
    "re-issued": (True, 48, _reissued),
    "grown": (True, 48, _grown),
    "re-worded": (True, 48, _reworded_story),
    "copied between sources": (True, 48, _copied),
    "re-issued with a new toll": (True, 32, _updated_toll),
    "much grown": (True, 24, _much_grown),
    "half told anew": (True, 24, _half_told_anew),
    "one event, two hands": (False, 48, _two_hands),
    "one report, other names": (False, 48, _same_report),
    "one subject": (False, 48, _same_subject),
    "unrelated": (False, 48, _unrelated),
    "column: weather": (False, 48, WEATHER),
    "column: Wekdienst": (False, 48, WEKDIENST),
    "column: Wekdienst and its story": (False, 32, _digest),
    "column: results": (False, 48, RESULTS),
    "column: daily figures": (False, 48, FIGURES),
    "column: weather warning": (False, 48, WARNING),
    "column: exchange": (False, 32, EXCHANGE),
    "video": (False, 32, VIDEO),
    "clip without its kind": (False, 32, CLIP),
    "liveblog's notice": (False, 32, NOTICE),
    "liveblog": (False, 32, NOTICE_PAGE),
}
