"""The words that only pages have: captions, lists, quotes, embeds, videos, updates of liveblogs.

Templates as in `content`: our own, in Dutch, filled with the words of the article.
"""

from collections.abc import Mapping

from newsarchive.replica.content import templates

CAPTIONS = templates("""{where}, [vorig jaar|eerder deze week|{weekday}] / {person} in {where} /
Archiefbeeld van {where} / Het [centrum|stadhuis|plein] van {where} na {subject} / Drukte bij de
[markt|haven|brug] van {where} / Een [kaart|tekening] van de omgeving van {where}""")
COPYRIGHTS = templates("""Beeldbank Oost / Persbureau Het Venster / Foto {Surname} / Studio Zilt /
Eigen foto""")
ITEMS = templates("""{Town} wacht het onderzoek [af|niet af] / Er komt een [nieuw|extra] loket in
{town}, dat {2..6} dagen per week open is / Wie [schade|vragen] heeft, kan tot {weekday} bellen /
De kosten worden geschat op €{2..90}~miljoen / {Expert} schrijft een <em>tweede</em> advies / In
{where} is {weekday} een inloopavond voor {20..300} mensen / De maatregelen gelden {3..12} weken""")
QUOTES = templates("""We wisten dat het [eens|ooit] zou gebeuren, maar [niet nu|zo snel nog niet]. /
Ik heb er {2..9} nachten niet van geslapen, en toch ben ik [blij|opgelucht]. / Iedereen wijst naar
{town}, maar het begint [hier|in {where}]. / Vraag me over {2..5} jaar nog eens of dit verstandig
was.""")
EMBEDS = templates("""Bericht van {person} over {subject} / Kaart: {subject} in {where} / Grafiek:
{where} en {town} vergeleken""")
CLIPS = templates("""{headline} in {where} in beeld / {person} over {subject} in {where} / Zo ziet
{where} eruit na {subject}""")
CLIP_DESCRIPTIONS = templates("""Op de beelden is te zien hoe {where} er {weekday} bij ligt. {voice}
filmde het vanuit {town}. / De beelden zijn gemaakt door {person}. Ze laten {subject} zien, {2..9}
minuten achter elkaar.""")
NOTES = templates("""De gemeente {town} laat weten [voorlopig niets|{weekday} iets] te kunnen zeggen
over {subject}. / Op de pagina van {where} staan de antwoorden op {5..20} veelgestelde vragen. /
{Voice} wijst erop dat {town} het {2..9}~jaar geleden anders deed: "Daar heeft niemand spijt van."
/ Later werd bekend dat ook {expert} bij het overleg in {where} aanschuift.""")
LIVE_TITLES = templates("""{Town} reageert op {subject} / Eerste beelden uit {where} / Vragen
aan {person} / Besluit over {where} uitgesteld / {Expert} over wat volgt / Rust in {town}""")
LIVE_TEXTS = templates("""[Zojuist|Enkele minuten geleden] meldde {voice} dat {2..40} mensen in
{town} [op weg zijn|weer thuis zijn]. / "Het gaat [de goede kant op|langzaam]", zegt {voice} vanuit
{where}. / De weg tussen {town} en {where} is [weer|nog altijd niet] open. / {Expert} verwacht dat
het nog {2..9} uur duurt.""")
LIVE_CORRECTIONS = templates("""Eerder stond hier een ander aantal; {voice} heeft dat
[verbeterd|rechtgezet]. / Aanvulling: {town} heeft dit inmiddels bevestigd.""")

LABELS: Mapping[str, str] = {
    "algemeen": "Binnenland",
    "cultuurenmedia": "Cultuur & Media",
    "formule1": "Formule 1",
}
"""What the site calls a category, where it is not the category with a capital."""

PARTNERS: Mapping[str, str] = {
    "brabant": "Omroep Brabant",
    "fryslan": "Omrop Fryslân",
    "rijnmond": "Rijnmond",
}
"""The regional broadcasters, by the name of their region in addresses."""

SUPPLIERS: Mapping[str, str] = {
    "jeugdjournaal": "NOS Jeugdjournaal",
    "nieuwsuur": "Nieuwsuur",
    "schaatsen": "NOS Schaatsen",
    "voetbal": "NOS Voetbal",
    "wielrennen": "NOS Wielrennen",
    "tennis": "NOS Sport",
    "formule1": "NOS Sport",
}
"""The line above the headline, where it is not `NOS Nieuws`."""
