"""The replica's words: a vocabulary of Dutch news, our own, as templates.

A topic has a paragraph for its subjects, titles, leads, details, quotes and headings, a tone one
for details, quotes, figures, links and headings; ` / ` parts templates. In a template, `{name}` is
one of the article's own words (its place, its people, its subject; `{Name}` with a capital),
`{12..60}` a number, `[one|another]` a choice, `~` a no-break space, and `<a>` a link to an earlier
article. Places exist; people, firms and events do not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Remarks:
    """What can be said of any subject of one tone."""

    details: tuple[str, ...]
    quotes: tuple[str, ...]
    figures: tuple[str, ...]  # each has a percentage
    links: tuple[str, ...]  # each has an `<a>`
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be said of some subjects, which are written `in a headline=in a sentence`."""

    subjects: tuple[str, ...]
    titles: tuple[str, ...]  # each names {where} and the subject, so that no two are alike
    leads: tuple[str, ...]
    details: tuple[str, ...]
    quotes: tuple[str, ...]
    headings: tuple[str, ...]


def templates(text: str) -> tuple[str, ...]:
    """Return the templates that ` / ` parts in `text`, its line breaks undone."""
    joined = " ".join(text.split()).replace("| ", "|")
    return tuple(joined.split(" / "))


def _remarks(texts: str) -> Remarks:
    return Remarks(*map(templates, texts.strip("* \n").split("\n* ")))


def _topic(texts: str) -> Topic:
    return Topic(*map(templates, texts.strip("* \n").split("\n* ")))


PLACES = templates("""Assen / Almelo / Alkmaar / Amersfoort / Apeldoorn / Bergen op Zoom / Breda /
Coevorden / Delft / Delfzijl / Den Helder / Deventer / Doetinchem / Dordrecht / Ede / Emmen /
Enkhuizen / Franeker / Goes / Gorinchem / Gouda / Harlingen / Heerenveen / Helmond / Hoorn / Kampen
/ Leerdam / Lelystad / Meppel / Middelburg / Nijmegen / Oss / Roermond / Sneek / Terneuzen / Tiel /
Venlo / Weert / Winterswijk / Zutphen""")
CITIES = templates("""Porto=Portugal / Valparaíso=Chili / Thessaloniki=Griekenland /
Bergen=Noorwegen / Malmö=Zweden / Gdańsk=Polen / Cluj=Roemenië / Split=Kroatië / Maribor=Slovenië /
Brno=Tsjechië / Tampere=Finland / Aarhus=Denemarken / Cork=Ierland / Leeds=Engeland /
Dundee=Schotland / Lyon=Frankrijk / Bordeaux=Frankrijk / Málaga=Spanje / Bilbao=Spanje /
Genua=Italië / Catania=Italië / Graz=Oostenrijk / Leipzig=Duitsland / Bremen=Duitsland / Osaka=Japan
/ Busan=Zuid-Korea / Perth=Australië / Chiang Mai=Thailand / Surabaya=Indonesië / Mombasa=Kenia /
Kumasi=Ghana / Durban=Zuid-Afrika / Fez=Marokko / Izmir=Turkije / Batumi=Georgië /
Córdoba=Argentinië / Recife=Brazilië / Medellín=Colombia / Oaxaca=Mexico / Halifax=Canada""")
FIRST_NAMES = templates("""André / Anouk / Bram / Chloë / Daniël / Eline / Fatima / Hanneke / Ilse
/ Joëlle / Maarten / Noa / Özlem / Pieter / Renée / Sanne / Thijs / Yusuf / Zoë""")
SURNAMES = templates("""Aalbers / van Beekum / Bouzidi / Brandsma / Elzinga / Feenstra / Groeneveld
/ el Hadi / Haverkort / Idzerda / Kloosterman / van der Kroft / Lindeboom / Meerdink / Nieuwland /
Oosterhof / Postmus / Roelvink / Sarmiento / Terlaak / Uitdenbogaard / Verhulst / Zandstra""")
EXPERTS = templates("""hoogleraar / lector / oud-bestuurder / onderzoeker""")
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")

UPDATES = templates("""[Inmiddels|In de loop van de dag] heeft ook {voice} gereageerd. "We hebben
het nieuws gehoord en komen binnen {2..9} dagen met een [antwoord|verklaring]", [klinkt het|staat in
een bericht]. / Aan het eind van de [middag|ochtend] werd bekend dat {town} hetzelfde overweegt. Een
besluit [valt {weekday}|wordt binnen {2..9} weken verwacht]. / Een bijeenkomst die voor {weekday}
gepland stond, gaat niet door, [bevestigt|meldt] {voice}. Een nieuwe datum is er nog niet. /
{Expert} plaatst kanttekeningen: "Het beeld is [te rooskleurig|niet volledig]. Ik ken {2..6}
voorbeelden die iets anders laten zien." """)

SERIOUS = _remarks("""
* De gemeenteraad van {town} [wil|eist] opheldering en roept de verantwoordelijke wethouder
[deze|volgende] week naar de raadszaal. / Volgens {expert} was dit [niet te voorzien|te voorkomen
geweest] en moet er [nu|eindelijk] een [landelijk plan|vast meldpunt] komen. / Een woordvoerder
wilde {weekday} niet ingaan op de vraag wie de kosten van ruim €{2..90}~miljoen [betaalt|voor zijn
rekening neemt]. / In {town} gebeurde {2..9}~jaar geleden iets vergelijkbaars; toen duurde het
{4..20} maanden voordat alles [bij het oude|opgelost] was. / Op sociale media wordt [volop|
verdeeld] gereageerd, maar de meeste betrokkenen vinden dat er <em>eindelijk</em> iets gebeurt. /
{Voice}, die er al {11..38}~jaar mee te maken heeft, spreekt van een [keerpunt|gemiste kans]. / Het
is de {3..9}e keer dit jaar dat het onderwerp op de agenda staat, en bijna niemand verwacht dat het
de laatste keer is. / De komende {3..12} weken [wordt duidelijk|moet blijken] of de afspraken
voldoende zijn. / Het informatienummer werd op de eerste dag al {30..900}~keer gebeld. / [Later
vandaag|Morgen|Aan het einde van de week] volgt een [persconferentie|nieuwe verklaring].
* "We hebben dit [nooit|nog niet] eerder zo meegemaakt", [zegt|vertelt] {voice}. "Maar we [komen
hier samen wel uit|laten ons niet uit het veld slaan]." / “Het is [<em>echt</em>
anders|ingewikkelder] dan mensen denken”, [stelt|benadrukt] {expert}. “Je kunt {2..6} dingen
tegelijk willen, maar niet alles tegelijk doen.” / "Ik begrijp de zorgen [heel goed|volkomen]",
reageert {voice}. "Tegelijk moeten we [nuchter|eerlijk] blijven: dit lossen we niet in {2..8} dagen
op." / Volgens {expert} is [er geen reden tot paniek|voorzichtigheid geboden]: "We weten nog te
weinig."
* Uit [nieuwe|voorlopige] cijfers blijkt dat {21..68}~procent van de ondervraagden zich zorgen
maakt; een jaar eerder was dat {12..60} procent. / Het aantal meldingen steeg in een jaar tijd met
{3..40} procent, tot [ruim|bijna] {2..90}.000. / Van alle reacties komt {30..80} procent uit de
eigen regio, blijkt uit een rondgang langs {12..60} betrokkenen.
* [Vorige week|Eerder dit jaar] <a>bleek al</a> hoe gevoelig dit ligt in {town}. / Dat er meer aan
de hand was, <a>werd eerder duidelijk</a>, toen {4..40} betrokkenen [een brief schreven|aan de bel
trokken]. / In {town} kwam het [vorige week|in het voorjaar] <a>tot een botsing</a> over {3..30}
soortgelijke gevallen.
* Hoe nu verder? / 'Niet over één nacht ijs' / Reacties / Wat weten we? / Kritiek uit {town}
""")
_LIGHT = _remarks("""
* Ook in {town} was [veel|meer dan gewone] belangstelling. / De lokale omroep zond {3..9} uur lang
rechtstreeks uit, tot genoegen van [thuisblijvers|oud-inwoners]. / {Voice} is er al {11..38}~jaar
bij en [zag het nog nooit zo druk|miste geen enkele keer]. / [Op het gemeentehuis|In het buurthuis]
ligt tot {weekday} een boek waarin geïnteresseerden iets kunnen schrijven. / Bakkerij {Town} speelde
er handig op in met een gebakje van €{2..4},50, dat [binnen een uur|nog voor de middag] was
uitverkocht. / Volgens {expert} past het in een <em>lange</em> traditie, die begon in {1871..1968}.
/ Het weer werkte mee: [de zon scheen|het bleef droog] en het werd {14..27} graden. / Scholen uit de
buurt maakten er [tekeningen|een liedje] over. / Een inzameling onder bezoekers bracht
{2..9}.{100..990} euro op voor de [voedselbank|dierenambulance|speeltuin].
* "Dit vergeet je [nooit meer|je leven lang niet]", zegt {voice}. "Ik heb meteen mijn [moeder|zus|
kleinkinderen] gebeld." / “Het is klein nieuws, maar <em>ons</em> kleine nieuws”, [lacht|zegt]
{voice}. / "Je zag onbekenden met elkaar praten, en dat is precies wat we hoopten", aldus {voice}. /
{Expert} vindt de aandacht [verklaarbaar|terecht]: "Mensen hebben hier zin in."
* Uit een rondvraag onder {120..900} inwoners blijkt dat {51..88} procent het [graag|elk jaar] terug
wil zien. / Hotels in de omgeving melden {8..40}~procent meer boekingen dan vorig jaar. / Van de
bezoekers kwam {21..60} procent van buiten de provincie, schat de gemeente.
* [Vorig jaar|In het voorjaar] ging het in {town} <a>nog heel anders</a>. / Het doet denken aan een
<a>eerder voorval</a> in {town}, dat {3..9} maanden lang het gesprek van de dag was.
* Gesprek van de dag / 'Dit is van ons' / Volgend jaar weer? / Drukte verwacht
""")
_SPORTING = _remarks("""
* Voor {surname} was het de {2..9}e zege van het seizoen, na [een moeizaam voorjaar|maanden vol
pech]. / Vorig jaar liep het hier [heel anders|slecht] af, toen [regen|harde wind] roet in het eten
gooide. / De bondscoach zat op de tribune en maakte [volop|opvallend veel] aantekeningen. / Onder de
{2..19}.000 toeschouwers was ook een bus supporters uit {town}. / [Zondag|Over twee weken] wacht de
volgende krachtproef. / {Expert} noemt het verschil [klein|verraderlijk], maar wel
<em>verdiend</em>. / De organisatie sprak van een [geslaagde|onvergetelijke] dag en keert over
{2..4} jaar terug. / In het klassement is het verschil nu nog maar {2..14} punten. / Een blessure
van {voice} bleek mee te vallen: de verwachte hersteltijd is {2..9} dagen.
* "Ik [kan het nog niet|durf het nog niet te] geloven", zei {surname} na afloop. "Hier heb ik {3..9}
jaar voor gewerkt." / "Het was niet onze beste dag, maar daar vraagt morgen niemand naar", lachte
{surname}. / Trainer {voice} bleef nuchter: "We zijn er nog {2..6} wedstrijden niet." / “Zo'n dag
maak je [zelden|maar één keer] mee”, aldus ploeggenoot {voice}.
* In de laatste {3..9} jaar won de favoriet hier in {31..78}~procent van de gevallen, becijferde
statisticus {voice}. / De kijkcijfers lagen {4..30}~procent hoger dan vorig jaar. / Het
slagingspercentage in de slotfase was {41..88} procent, tegen {20..40} procent eerder dit seizoen.
* [Vorige maand|Vorige week] <a>ging het nog mis</a> in {town}. / Eerder <a>sprak {surname} al</a>
over de zware voorbereiding, die {3..9} maanden duurde.
* Vervolg / 'Blessurevrij blijven' / Stand van zaken / Zware weken op komst
""")

_INCIDENT = _topic("""
* Brand in loods=de brand in een loods / Gaslek bij school=het gaslek bij een school / Ongeluk met
tankwagen=het ongeluk met een tankwagen / Grote stroomstoring=de grote stroomstoring /
Wateroverlast=de wateroverlast / Explosie bij flat=de explosie bij een flat / Breuk in
waterleiding=de breuk in de waterleiding / Instorting van parkeerdek=de instorting van een
parkeerdek
* {headline} in {where}: {count} mensen opgevangen / Onderzoek naar {subject} in {where} / {where}
likt wonden na {subject}: 'Niemand verwachtte dit' / Bewoners {where} nog dagen bezig met gevolgen
van {subject}
* Na {subject} in {where} zijn {count} mensen opgevangen in een [sporthal|buurthuis]. Niemand raakte
ernstig gewond, meldt de veiligheidsregio. / Een deel van {where} is {weekday} ontregeld geraakt
door {subject}. [Hulpdiensten|Brandweer en politie] rukten [massaal|met groot materieel] uit. / De
gemeente laat onderzoeken hoe het tot {subject} in {where} heeft kunnen komen. Voor {count} bewoners
is opvang geregeld.
* Het verkeer werd [urenlang|het grootste deel van de dag] omgeleid via {town}. / Volgens de
brandweer is er geen gevaar meer, maar blijft een deel van de wijk [tot morgenochtend|voorlopig]
afgezet. / Burgemeester {surname} bezocht de buurt [aan het begin van de avond|in de loop van de
ochtend] en sprak met [bewoners|getroffen gezinnen]. / Zo'n {12..70} huishoudens zitten nog zonder
[stroom|water]; dat duurt volgens de netbeheerder tot {weekday}. / Winkeliers schatten hun schade op
{2..9}~ton. / In het wijkcentrum staan {8..60} vrijwilligers klaar met koffie en dekens. / Een
onafhankelijk bureau doet onderzoek naar de oorzaak en heeft daar {3..9} weken voor. / De
woningcorporatie rekent geen huur zolang mensen niet naar huis kunnen.
* "We zaten net aan tafel toen het gebeurde", vertelt buurtbewoner {person}. "Binnen {2..9} minuten
stond de hele straat buiten." / "We doen er alles aan om iedereen snel naar huis te laten gaan",
zegt burgemeester {surname}. "Maar veiligheid gaat voor."
* Omgeleid verkeer / Opvang in de buurt / Oorzaak nog onduidelijk / Schade
""")
_DISASTER = _topic("""
* Overstromingen=de overstromingen / Zware storm=de zware storm / Bosbranden=de bosbranden /
Aardbeving=de aardbeving / Modderstromen=de modderstromen / Sneeuwstorm=de sneeuwstorm /
Damdoorbraak=de damdoorbraak / Treinramp=de treinramp
* {headline} bij {where}: honderden mensen dakloos / Noodtoestand in {where} na {subject} /
{country} vraagt hulp na {subject} bij {where} / Hulp komt moeizaam op gang na {subject} bij {where}
* In de omgeving van {where} zijn zeker {count} mensen gewond geraakt door {subject}. De
autoriteiten in {country} [vrezen|denken] dat dat aantal nog oploopt. / Reddingswerkers in {country}
zoeken [nog altijd|voor de {2..5}e dag op rij] naar vermisten na {subject} bij {where}. / Na
{subject} bij {where} heeft {country} om internationale hulp gevraagd. {count} mensen zijn gewond
geraakt.
* De regering van {country} heeft {2..9} dagen van nationale rouw afgekondigd. / Wegen en bruggen
zijn onbegaanbaar, waardoor {3..20} dorpen alleen per helikopter te bereiken zijn. / Buurlanden
stuurden {2..12} reddingsteams met speurhonden. / In ziekenhuizen is een tekort aan [bloed|
medicijnen|bedden]. / Onder de slachtoffers zijn voor zover bekend geen Nederlanders. / Scholen in
{where} blijven tot {weekday} dicht en doen dienst als opvang. / De president onderbrak een reis en
brengt {weekday} een bezoek aan het rampgebied. / Telefoonverkeer is in het noorden van {country}
[niet|nauwelijks] mogelijk.
* "Ik heb alles verloren, behalve mijn kinderen", vertelt een inwoner van {where} aan correspondent
{person}. / "Elk uur telt", zegt een arts in {where}. "We opereren op {2..6} plekken tegelijk."
* Dorpen afgesneden / Geen Nederlanders / Hulpgoederen onderweg / Kritiek op autoriteiten
""")
_POLITICS = _topic("""
* Proef met gratis schoolzwemmen=de proef met gratis schoolzwemmen / Regels voor thuiswerken=de
nieuwe regels voor thuiswerken / Wet op woningdelen=de wet op het woningdelen / Heffing op korte
vluchten=de heffing op korte vluchten / Plan voor nachttreinen=het plan voor meer nachttreinen /
Subsidie voor dakisolatie=de subsidie voor dakisolatie / Registratie van verhuurders=de registratie
van verhuurders / Rookverbod op terrassen=het rookverbod op terrassen
* Kamer verdeeld over {subject}, {where} wil doorgaan / Gemeente {where} worstelt met {subject} /
{headline}: Kamer wacht op {where} / 'Te weinig geld' voor {subject}, {where} trekt aan de bel
* De Tweede Kamer is [tot op het bot|sterk] verdeeld over {subject}, terwijl {where} er als eerste
gemeente ervaring mee opdoet. / In {where} leidt {subject} tot [hoofdbrekens|felle discussie]. De
gemeente vraagt het kabinet om {2..30}~miljoen euro extra. / Minister {surname} moet {weekday} naar
de Kamer om {subject} te verdedigen. Aanleiding zijn klachten uit {where}.
* De oppositie vindt dat het kabinet [te lang wacht|zijn hand overspeelt] en dreigt met een motie. /
Coalitiepartijen willen eerst de [uitkomst van een evaluatie|reactie van de gemeenten] afwachten. /
Ambtenaren waarschuwden in een notitie voor [vertraging|problemen in de uitvoering]. / De Raad van
State plaatste {3..9} kanttekeningen bij het voorstel. / De behandeling staat gepland voor
[november|begin volgend jaar], maar kan nog {2..8} weken opschuiven. / Wethouder {voice} van {where}
noemt de financiering "een [gatenkaas|rekensom die niet klopt]". / Van de gemeenten hebben er
{12..90} laten weten mee te willen doen.
* "Ik heb beloofd dat niemand erop achteruitgaat, en daar [sta|teken] ik voor", zei minister
{surname} in het debat. / "Dit is [wensdenken|broddelwerk]", vindt Kamerlid {voice}. "Vraag het de
mensen in {where} maar eens."
* Financiering onzeker / Debat na het reces / 'Minister draait' / Gemeenten aan zet
""")
_ECONOMY = _topic("""
* Overname van brouwer De Lelie=de overname van brouwer De Lelie / Sanering bij Nordhaven=de
sanering bij verzekeraar Nordhaven / Staking bij vervoerder Lamers=de staking bij vervoerder Lamers
/ Groei van werf Terhorne=de groei van scheepswerf Terhorne / Doorstart van Woonkade=de doorstart
van meubelketen Woonkade / Beursgang van chipmaker Lithea=de beursgang van chipmaker Lithea /
Verkoop van Vechtdal=de verkoop van zuivelbedrijf Vechtdal / Verlies bij Windrijk=het verlies bij
Windrijk
* Vestiging {where} krijgt te maken met {subject} / Vakbond in {where} kritisch over {subject} /
{headline}: wat betekent dat voor {where}? / Ondernemers {where} verrast door {subject}
* Zo'n {count} werknemers in {where} hebben {weekday} te horen gekregen wat {subject} voor hen
betekent. / In {where} wordt met [gemengde gevoelens|spanning] gekeken naar {subject}. Er is
€{12..480}~miljoen mee gemoeid. / Door {subject} verandert er de komende jaren veel in {where},
[verwachten economen|zeggen ondernemers].
* De omzet kwam vorig jaar uit op {110..890}~miljoen euro, [iets meer|iets minder] dan verwacht. /
Vakbonden eisen dat er de eerste {2..6} jaar geen gedwongen ontslagen vallen. / Op het Damrak
reageerden beleggers [lauw|opgelucht|verdeeld]. / Toeleveranciers in {town} merken de gevolgen [nu
al|pas later], zeggen ze. / De raad van commissarissen stemde {weekday} in met de plannen. /
Directeur {person} wil {2..40}~miljoen in [techniek|opleidingen|verduurzaming] steken. / Voor
{30..190} uitzendkrachten is er na {weekday} geen werk meer.
* "Wij horen het weer als laatsten", zegt een werknemer die al {9..30}~jaar in dienst is. /
"Stilstaan is geen optie", aldus directeur {person}. "Wie over {3..9} jaar nog wil bestaan, kiest
nu."
* Vakbond wil garanties / Beleggers voorzichtig / Geen gedwongen ontslagen / Krappe marges
""")
_TECHNOLOGY = _topic("""
* Datalek bij webwinkel=het datalek bij een webwinkel / Storing bij betaaldienst=de storing bij een
betaaldienst / Aanval op ziekenhuis=de aanval op een ziekenhuis / Fout in parkeerapp=de fout in de
parkeerapp / Lek in slimme deurbel=het lek in een slimme deurbel / Hack van ledenlijst=de hack van
een ledenlijst / Storing bij meldkamer=de storing bij de meldkamer / Nepwebsites=de nepwebsites
* {headline} treft {count} mensen in {where} / Gegevens uit {where} op straat na {subject} / Student
uit {where} kwam {subject} als eerste op het spoor / {where} voert noodplan in na {subject}
* Door {subject} zijn gegevens van {count} mensen uit {where} op straat komen te liggen. Het gaat om
[adressen|telefoonnummers] en {2..9} andere gegevens. / In {where} heeft {subject} {2..19} uur lang
voor [grote problemen|lange rijen] gezorgd. De oorzaak wordt onderzocht. / De toezichthouder begint
een onderzoek naar {subject}, nadat {weekday} {count} klachten uit {where} waren gekomen.
* Specialisten uit {town} werkten de hele nacht aan een [oplossing|update]. / De daders vroegen
{2..40} bitcoin losgeld; er is [niets|voor zover bekend niet] betaald. / Gebruikers krijgen het
advies hun wachtwoord te veranderen. / De Autoriteit Persoonsgegevens kan een boete van
{2..20}~miljoen euro opleggen. / Het lek zat in programmatuur uit {2011..2021} die niet meer werd
onderhouden. / Het bedrijf belooft beterschap en neemt {3..20} mensen aan. / Wie schade heeft, kan
die tot {weekday} melden.
* "Het stond er gewoon, iedereen kon erbij", zegt {person}, die het [bij toeval|na {2..9} uur
zoeken] ontdekte. / "We hadden dit {2..6} jaar geleden moeten vervangen", erkent directeur {person}.
* Zwakke wachtwoorden / Losgeld geëist / Toezichthouder / Oude programmatuur
""")
_EVENT = _topic("""
* Opening scheepvaarthuis=de opening van het scheepvaarthuis / Jubileum stadsorkest=het jubileum van
het stadsorkest / Herdenking watersnood=de herdenking van de watersnood / Doop van reddingsboot=de
doop van de reddingsboot / Heropening schouwburg=de heropening van de schouwburg /
Lichtkunstroute=de lichtkunstroute / Jeugdconcert=het jeugdconcert / Filmweek=de filmweek
* Koning bij {subject} in {where} / {headline} in {where}: koning verrast publiek / {where} ontvangt
koning bij {subject} / Koninklijk bezoek aan {where} rond {subject}
* In {where} zijn naar schatting {2..19}.000 mensen afgekomen op {subject}. De koning was eregast. /
Vrolijke gezichten {weekday} in {where}, waar {subject} gepaard ging met koninklijk bezoek. / Met
{subject} heeft {where} {weekday} een lang gekoesterde wens in vervulling zien gaan.
* Schoolkinderen stonden al om {6..8}.30~uur met vlaggetjes langs de [gracht|haven|markt]. / De
voorbereiding was in handen van {40..240} vrijwilligers en duurde {count} dagen. / Na afloop was er
een gesprek met jongeren over [kunst|water|muziek]. / Burgemeester {surname} bood een [boek|
schilderij] aan van een kunstenaar uit {town}. / Recensenten noemden het programma "[gul|gedurfd] en
nergens braaf". / De kosten bedragen {2..9}~ton, waarvan sponsors de helft betalen. / Een koor uit
{town} zong een lied dat speciaal was gecomponeerd. / De komende {3..9} dagen is de toegang gratis.
* "Ik heb de koning een hand gegeven en ga die [voorlopig|tot {weekday}] niet wassen", zegt {voice}.
/ "Het mooiste was dat iedereen er was", vertelt initiatiefnemer {person}. "Jong, oud, alles."
* Vlaggetjes en fanfare / Toegang gratis / Kritieken lovend / Eregast
""")
_ODDITY = _topic("""
* Ontsnapte emoe=een ontsnapte emoe / Verdwaalde zeehond=een verdwaalde zeehond / Weggewaaide
tent=een weggewaaide partytent / Reuzenpompoen=een reuzenpompoen / Zingende brug=een zingende brug /
Koppige zwaan=een koppige zwaan / Flessenpost=een flessenpost uit 1971 / Spookpiano=een piano langs
de weg
* {headline} houdt {where} bezig / Politie {where} rukt uit voor {subject} / Heel {where} in de ban
van {subject} / {where} lacht om {subject}: 'Dit verzin je niet'
* De politie in {where} kreeg {weekday} een wel heel bijzondere melding: {subject} hield het verkeer
op. / Inwoners van {where} raken niet uitgepraat over {subject}. Een filmpje werd al
{count}.000~keer bekeken. / Geen ongeluk of inbraak, maar {subject} bracht {weekday} half {where} op
de been.
* Agenten probeerden het eerst met een [bezem|boterham|touw], maar dat hielp niet. / De
dierenambulance, de brandweer en {2..6} boswachters kwamen eraan te pas. / Na {2..9} uur was alles
voorbij. / Op het bureau is intussen een taart bezorgd door een gezin uit {town}. / Voor de
zekerheid staat er {weekday} een hek omheen. / De gemeente overweegt een [standbeeldje|bordje]. / In
{town} claimen ze dat het daar {3..30} jaar eerder gebeurde.
* "Mijn collega dacht dat ik een grapje maakte", vertelt agent {person}. "Tot er {3..20} foto's
binnenkwamen." / "Ik dacht: ik heb [te weinig geslapen|een bril nodig]", zegt {person}.
* Taart op het bureau / 'Het keek me aan' / Goede afloop / Rijp voor een liedje
""")
_MATCH = _topic("""
* VV Noorderhaven=VV Noorderhaven / SC Zuiderpark=SC Zuiderpark / Rood-Geel=Rood-Geel / Vooruitgang
'24=Vooruitgang '24 / SV Duinzicht=SV Duinzicht / Rapid Oevers=Rapid Oevers / Eendracht
Veen=Eendracht Veen / FC Waalkant=FC Waalkant
* {where} knokt zich langs {subject} / {where} wint in slotminuten van {subject} / Invaller bezorgt
{where} zege op {subject} / {person} beslist duel tussen {where} en {subject}
* {person} heeft {where} {weekday} in de slotfase langs {subject} geschoten: {2..3}-1. / {where}
heeft een {2..3}-1 zege geboekt op {subject}. De beslissing viel {2..9} minuten voor tijd. / Met
veel moeite heeft {where} {weekday} van {subject} gewonnen: {2..3}-1, na een vroege achterstand.
* Al na {2..19} minuten lag de bal achter de doelman. / De scheidsrechter moest {3..8}~keer geel
trekken. / Na rust kwam {where} [feller|beter] uit de kleedkamer. / {Surname} schoot van {11..30}
meter raak in de [linker|rechter]bovenhoek. / De tegenstander raakte {2..3}~keer de paal. / De
trainer wisselde {2..4}~keer, en dat pakte goed uit. / In de {61..70}e minuut kwam de gelijkmaker.
* "Die bal viel precies goed", zei {person}. "Ik heb er {30..90} op getraind deze week." / De
verliezende trainer {voice} baalde: "We geven het {2..4}~keer zelf weg."
* Fellere tweede helft / Paal en lat / Matchwinnaar / Gele kaarten
""")
_RACE = _topic("""
* 500 meter=de 500 meter / 1000 meter=de 1000 meter / 1500 meter=de 1500 meter / 3000 meter=de 3000
meter / 5000 meter=de 5000 meter / Massastart=de massastart / Slotdag=de slotdag / Bekerdag=de
bekerdag
* {person} wint {subject} in {where} / {headline} in {where} prooi voor {person} / {surname} te
sterk voor rest bij {subject} in {where} / Zege in {where}: {person} verrast op {subject}
* {person} heeft {weekday} in {where} {subject} gewonnen. Het verschil met de nummer twee was {2..9}
tienden. / Bij {subject} in {where} is {person} {weekday} als eerste geëindigd. Landgenoot {voice}
werd {3..9}e. / {person} was {weekday} in {where} niet te kloppen op {subject}: het is de eerste
zege in {count} dagen.
* De start werd {5..40} minuten uitgesteld vanwege [regen|de wind|een stroomstoring]. / Halverwege
was de achterstand nog {2..9} tellen. / {Voice} moest al vroeg opgeven met [kramp|materiaalpech]. /
De wedstrijdleiding deelde {2..5} waarschuwingen uit. / Het baanrecord uit {2009..2024} bleef net
overeind. / De strijd om plek drie werd beslist met een foto. / Van de {22..60} deelnemers haalden
er {12..21} de eindstreep niet. / Met nog {2..6} wedstrijden te gaan ligt alles open.
* "Ik voelde halverwege dat het kon", vertelde {surname}. "Toen heb ik {2..5}~keer diep
ademgehaald." / "Op papier was ik kansloos", zei {person}. "Maar papier rijdt niet mee."
* Diep ademhalen / Fotofinish / Baanrecord net niet / Uitvallers
""")

_TENNIS = _topic("""
* Valente=de Portugees Valente / Havlík=de Tsjech Havlík / Roldán=de Argentijn Roldán / Iriarte=de
Spanjaard Iriarte / Delaunay=de Fransman Delaunay / Lindqvist=de Zweed Lindqvist / Whitlock=de
Canadees Whitlock / Bressan=de Italiaan Bressan
* {person} klopt {subject} in {where} / {surname} overleeft matchpoints tegen {subject} in {where} /
{headline} geen partij voor {person} in {where} / {where}: {person} verder na zege op {subject}
* {person} is {weekday} in {where} doorgedrongen tot de [kwartfinales|halve finales] door winst op
{subject}: 6-{2..4}, {3..6}-7 en 7-5. / In {where} heeft {person} {weekday} {subject} verslagen. De
partij duurde {2..3} uur en {11..58} minuten.
* De eerste service haperde: {4..11}~keer een dubbele fout. / In de derde set werd {3..6}~keer
gebroken. / Om {17..19}.{10..50}~uur onderbrak een bui de partij. / De nummer {21..88} van de wereld
speelde vooral sterk aan het net. / In de tiebreak liep het op tot {8..12}-6. / In de volgende ronde
wacht een [geplaatste speler|kwalificatiespeler]. / Het publiek zong {2..4}~keer mee met een
verjaardagslied.
* "Op 5-{2..4} dacht ik aan niets meer", zei {person}. / "Mijn benen zijn leeg", lachte {person}.
* Regen / Dubbele fouten / Slijtageslag
""")
_CYCLING = templates("""Koninginnenrit=de koninginnenrit / Kasseienrit=de kasseienrit / Proloog=de
proloog / Waaieretappe=de waaieretappe / Heuvelrit=de heuvelrit / Slotrit=de slotrit /
Klimtijdrit=de klimtijdrit / Nachtrit=de nachtrit""")
_MOTOR_RACING = templates("""Sprintrace=de sprintrace / Regenrace=de regenrace / Nachtrace=de
nachtrace / Slotrace=de slotrace / Openingsrace=de openingsrace / Kwalificatie=de kwalificatie /
Thuisrace=de thuisrace / Testdag=de testdag""")

_ARTS_TITLES = templates("""{headline} verrast publiek in {where} / {where} valt voor {subject} /
Vijf sterren voor {subject} in {where} / {where} loopt uit voor {subject}""")
_ANALYSIS_TITLES = templates("""Waarom {subject} in {where} vastloopt / {where} als proeftuin: dit
leert {subject} / 'Zo werkt het niet': {where} over {subject} / {headline}: de rekening ligt in
{where}""")
_CHILDREN_TITLES = templates("""Klas uit {where} ontdekt {subject} / Zo reageerde {where} op
{subject} / {headline}: kinderen in {where} vinden het te gek / Spreekbeurt in {where} over
{subject}""")

TOPICS: Mapping[str, Topic] = {
    "binnenland": _INCIDENT,
    "buitenland": _DISASTER,
    "politiek": _POLITICS,
    "economie": _ECONOMY,
    "koningshuis": _EVENT,
    "tech": _TECHNOLOGY,
    "cultuurenmedia": replace(_EVENT, titles=_ARTS_TITLES),
    "voetbal": _MATCH,
    "wielrennen": replace(_RACE, subjects=_CYCLING),
    "schaatsen": _RACE,
    "tennis": _TENNIS,
    "formule1": replace(_RACE, subjects=_MOTOR_RACING),
    "nieuwsuur": replace(_POLITICS, titles=_ANALYSIS_TITLES),
    "jeugdjournaal": replace(_ODDITY, titles=_CHILDREN_TITLES),
    "opmerkelijk": _ODDITY,
}
SPORTS = frozenset({"voetbal", "wielrennen", "schaatsen", "tennis", "formule1"})
ABROAD = frozenset({"buitenland", "wielrennen", "tennis", "formule1"})
_CHEERFUL = ("koningshuis", "cultuurenmedia", "jeugdjournaal", "opmerkelijk")
REMARKS = dict.fromkeys(_CHEERFUL, _LIGHT) | dict.fromkeys(SPORTS, _SPORTING)
