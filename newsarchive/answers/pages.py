"""What an answer to a look at a page comes to: a further address to ask, or one Document.

Redirects are followed here, and not by the framework: which address an article has moved to,
whether it was the front page, and that several articles lead to one page, is evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from newsarchive.answers.base import Answer, Site
from newsarchive.exceptions import ExtractionError, UnknownFormError
from newsarchive.extraction import Extracted, Extractor, SavedPage, extract_page
from newsarchive.extraction.kinds import (
    is_home_address,
    is_other,
    recognise_host,
    recognise_page,
)
from newsarchive.feeds import polling
from newsarchive.items import Document, Look, Quarantined
from newsarchive.model import (
    Capture,
    LookOutcome,
    Observation,
    Origin,
    PageState,
    Rendering,
    Stage,
)

OK, NOT_MODIFIED = 200, 304
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
LONGEST_CHAIN = 6
UNCONDITIONAL_EVERY = 3
"""One look in so many asks without validator, against servers whose ETag stands still."""


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """One look at a page, on its way: what is asked, and how far it has come."""

    state: PageState
    site: Site
    rules: Sequence[Extractor]
    conditional: bool
    asked: tuple[str, ...] = ()  # addresses so far, the present one last
    renderings: tuple[Rendering, ...] = ()  # of the last address, in order

    @classmethod
    def about(
        cls, state: PageState, site: Site, rules: Sequence[Extractor], *, full: bool
    ) -> "PageQuestion":
        """Return the question with which a look at a page begins."""
        repeated = state.conditional_looks >= UNCONDITIONAL_EVERY - 1
        conditional = state.etag is not None and not full and not repeated
        return cls(state, site, rules, conditional, (site.fetched(state.identity.url),))

    @property
    def url(self) -> str:
        """The address to ask now."""
        return self.asked[-1]

    @property
    def headers(self) -> dict[str, str]:
        """The request's own headers."""
        etag = self.state.etag if self.conditional else None
        return {"If-None-Match": etag} if etag else {}

    @property
    def document(self) -> str:
        """What the look is called in logs and WARC files."""
        return f"page {self.state.identity.source}/{self.state.identity.external_id}"

    @property
    def requests(self) -> int:
        """How many requests the site has had for it, those of renderers included."""
        return len(self.asked) + sum(rendering.requests for rendering in self.renderings)


def read_page_answer(question: PageQuestion, answer: Answer) -> "PageQuestion | Document":
    """Return the question to ask next, or the document that the look has come to."""
    if answer.status in REDIRECTS:
        return _redirected(question, answer)
    if answer.status == NOT_MODIFIED:
        return _document(question, answer, LookOutcome.NOT_MODIFIED)
    if answer.status in GONE:
        return _document(question, answer, LookOutcome.GONE)
    if answer.status != OK:
        return _document(question, answer, LookOutcome.FAILED, f"HTTP {answer.status}")
    return _read(question, answer)


def read_rendered_answer(question: PageQuestion, answer: Answer) -> Document:
    """Return what a look has come to by the last of the question's renderings.

    Redirects are behind it: a renderer follows them as a browser does.
    """
    if is_home_address(question.site.published(answer.url), question.site.source.homepage_url):
        there = f"rendered, it was at {answer.url}"
        return _document(question, answer, LookOutcome.HOME, there)
    found = read_page_answer(question, answer)
    if isinstance(found, PageQuestion):
        return _document(question, answer, LookOutcome.FAILED, f"HTTP {answer.status}")
    return found


def unanswered(
    question: PageQuestion,
    error: str,
    captures: Sequence[Capture],
    outcome: LookOutcome = LookOutcome.FAILED,
) -> Document:
    """Return the document of a look that got no answer, of which the last capture tells."""
    look = Look(
        question.state.identity,
        captures[-1].captured_at,
        outcome,
        question.url,
        requests=question.requests,
        capture=captures[-1],
        error=error,
    )
    return Document(look.identity.source, captures=captures, looks=[look])


def _redirected(question: PageQuestion, answer: Answer) -> "PageQuestion | Document":
    target = answer.redirected_to
    if target is None:
        return _document(question, answer, LookOutcome.FAILED, "a redirect to nowhere")
    site = question.site
    if wall := recognise_host(target):
        return _document(question, answer, wall, f"redirected to {target}")
    if site.source.numbering is not None and not site.is_own(target):
        return _document(question, answer, LookOutcome.ELSEWHERE, f"redirected to {target}")
    if is_home_address(site.published(target), site.source.homepage_url):
        return _document(question, answer, LookOutcome.HOME, f"redirected to {target}")
    url = site.fetched(target)
    if url in question.asked or len(question.asked) == LONGEST_CHAIN:
        return _document(question, answer, LookOutcome.FAILED, f"redirected in circles to {url}")
    return replace(question, asked=(*question.asked, url))


def _read(question: PageQuestion, answer: Answer) -> Document:
    page = SavedPage(answer.body, question.site.published(answer.url), _charset(answer))
    kind = recognise_page(page)
    if kind is not None:
        return _document(question, answer, kind, f"no article, but: {kind}")
    try:
        extracted = extract_page(page, question.rules)
    except ExtractionError as error:
        return _unreadable(question, answer, error)
    identity, numbering = question.state.identity, question.site.source.numbering
    if is_other(extracted, identity.external_id, page.url, numbering):
        other = f"asked for {identity.external_id}, got {extracted.external_id or page.url}"
        return _document(question, answer, LookOutcome.OTHER, other)
    document = _document(question, answer, LookOutcome.READ)
    return replace(document, observations=[_observe(question, extracted, answer.captures[-1])])


def _charset(answer: Answer) -> str:
    _, _, parameter = answer.headers.get("content-type", "").lower().partition("charset=")
    charset = parameter.partition(";")[0].strip(" \"'")
    try:
        b"x".decode(charset, "replace")
    except (LookupError, UnicodeError):  # unknown, or none that a page can be in: hex, idna
        return "utf-8"
    return charset


def _unreadable(question: PageQuestion, answer: Answer, error: ExtractionError) -> Document:
    unknown = isinstance(error, UnknownFormError)
    outcome = LookOutcome.UNKNOWN_FORM if unknown else LookOutcome.INCOMPLETE
    capture = answer.captures[-1]
    failed = Quarantined(Stage.EXTRACT, str(error), capture.url, None, capture.captured_at, capture)
    return replace(_document(question, answer, outcome, str(error)), quarantined=[failed])


def _document(
    question: PageQuestion, answer: Answer, outcome: LookOutcome, error: str | None = None
) -> Document:
    retry_after = answer.headers.get("retry-after") if outcome is LookOutcome.FAILED else None
    capture = answer.captures[-1] if answer.captures else None
    look = Look(
        identity=question.state.identity,
        captured_at=capture.captured_at if capture else answer.received_at,
        outcome=outcome,
        url=answer.url,
        requests=question.requests,
        status=answer.status,
        capture=capture,
        etag=_etag(question, answer) if outcome is LookOutcome.READ else None,
        conditional=question.conditional,
        error=error,
        retry_after_at=polling.parse_retry_after(retry_after, answer.received_at),
    )
    return Document(look.identity.source, captures=answer.captures, looks=[look])


def _etag(question: PageQuestion, answer: Answer) -> str | None:
    # That of a page whose script fetches the body says nothing of the body.
    return None if question.renderings else answer.headers.get("etag")


def _observe(question: PageQuestion, extracted: Extracted, capture: Capture) -> Observation:
    return Observation(
        origin=Origin.PAGE,
        captured_at=capture.captured_at,
        title=extracted.title,
        html=extracted.html,
        link=question.site.published(capture.url),
        original_link=extracted.canonical_url,
        published_at=extracted.published_at,
        modified_at=extracted.modified_at,
        image_url=extracted.image_url,
        kind=extracted.kind,
        capture=capture,
        identity=replace(question.state.identity, kind=extracted.kind),
        metadata={**extracted.metadata, "form": extracted.form, **_rendered_by(question)},
        updates=extracted.updates,
    )


def _rendered_by(question: PageQuestion) -> dict[str, str]:
    """Return what a revision says of the script that made its page."""
    return {"renderer": question.renderings[-1].renderer} if question.renderings else {}
