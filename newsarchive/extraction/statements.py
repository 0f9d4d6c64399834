"""What sites say, in a title or heading, in place of an article: as Dutch and English ones do.

Each is the whole of what is said, but for a mark at its end: `Cookies` is a wall, `Cookies mogen
niet meer zonder toestemming` the headline of an article.
"""

import re

from newsarchive.model import LookOutcome

_SORRY = r"(?:(?:oeps|helaas|sorry)[ ,!.:-]+)?"
_NUMBER_404 = r"(?:(?:fout |error |foutmelding )?(?:404|410)[ :-]+)?"
_NUMBER_5XX = r"(?:(?:fout |error:? )?50[0234][ :-]+)?"

_STATEMENTS = {
    LookOutcome.CAPTCHA: (
        r"just a moment",  # Cloudflare, as are the next two
        r"one moment, please",
        r"attention required! \| cloudflare",
        r"(?:are you|ben je|bent u) (?:an? |een )?(?:robot|human|mens)\?*",
        r"ik ben geen robot",
        r"captcha",
        r"(?:security|human|robot) (?:check|verification)",
        r"checking your browser(?: before accessing .{1,80})?",
        r"pardon our interruption",  # Imperva
        r"verify(?:ing)? (?:that )?you are (?:a )?human",
        r"access (?:to this page has been )?denied",  # PerimeterX, Akamai
    ),
    LookOutcome.CONSENT: (
        r"(?:npo |nos )?cookie(?:s|wall|muur|melding|toestemming|-?instellingen| instellingen)?",
        r"cookies (?:op|bij|van) (?:de )?(?:nos|nos\.nl|npo|publieke omroep)",
        r"(?:geef )?toestemming(?: voor cookies)?",
        r"(?:dpg media )?privacy ?gate",
        r"before you continue(?: to .{1,40})?",
        r"voordat (?:je|u) verdergaat(?: naar .{1,40})?",
    ),
    LookOutcome.SOFT_404: (
        r"(?:fout |error |foutmelding )?(?:404|410)(?:[ :-]+(?:error|fout))?",
        rf"{_NUMBER_404}not found",
        # "404: This page could not be found" is what Next.js says.
        rf"{_NUMBER_404}(?:this |the )?page (?:could )?not (?:be )?found",
        (
            rf"{_SORRY}{_NUMBER_404}(?:de(?:ze)? |dit )?(?:opgevraagde )?(?:pagina|artikel) "
            r"(?:(?:is |kan |kon |werd )?(?:helaas )?niet (?:worden )?gevonden"
            r"|bestaat (?:helaas )?niet(?: meer)?)"
        ),
    ),
    LookOutcome.ERROR_PAGE: (
        r"(?:fout |error:? )?50[0234](?:[ :-]+(?:error|fout))?",
        rf"{_NUMBER_5XX}(?:internal server error|bad gateway|gateway time-?out)",
        rf"{_NUMBER_5XX}service (?:temporarily )?unavailable",
        r"(?:error: )?the request could not be satisfied",  # CloudFront
        r"application error: .{1,90}",  # Next.js
        r"something went wrong",
        (
            rf"{_SORRY}er (?:ging|gaat|is) iets (?:mis|fout)(?:gegaan)?"
            r"(?:[ ,.:-]+probeer het (?:later )?(?:opnieuw|nog eens|nogmaals))?"
        ),
        rf"{_SORRY}er is een (?:fout|storing) (?:opgetreden|ontstaan)",
        r"(?:nos\.nl is )?tijdelijk (?:niet beschikbaar|onbereikbaar)",
    ),
}
_PATTERNS = tuple(
    (outcome, re.compile(rf"(?:{'|'.join(statements)})[.!…]*", re.IGNORECASE))
    for outcome, statements in _STATEMENTS.items()
)


def find_outcome(statement: str) -> LookOutcome | None:
    """Return what a page is that says just `statement`; None where an article may say it."""
    for outcome, pattern in _PATTERNS:
        if pattern.fullmatch(statement):
            return outcome
    return None
