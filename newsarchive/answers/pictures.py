"""What an answer to a request for a picture comes to: a further address to ask, or one Document."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from newsarchive.answers.base import Answer, Site
from newsarchive.answers.pages import OK, REDIRECTS
from newsarchive.exceptions import ParseError
from newsarchive.feeds import polling
from newsarchive.items import Document, PictureFetch, Quarantined
from newsarchive.model import Capture, MediaFile, Stage
from newsarchive.pictures.addresses import read_address
from newsarchive.pictures.content import file_path, read_form

LONGEST_CHAIN = 4


@dataclass(frozen=True, slots=True)
class PictureQuestion:
    """One picture, on its way: what is asked, and how far it has come."""

    picture_url: str  # the publisher's own address
    site: Site  # whose base stands in for the hosts of its pictures
    asked: tuple[str, ...] = ()  # addresses so far, the present one last

    @classmethod
    def about(cls, picture_url: str, site: Site) -> "PictureQuestion":
        """Return the question with which fetching a picture begins."""
        return cls(picture_url, site, (site.fetched(picture_url),))

    @property
    def url(self) -> str:
        """The address to ask now."""
        return self.asked[-1]


def read_picture_answer(question: PictureQuestion, answer: Answer) -> "PictureQuestion | Document":
    """Return the question to ask next, or the document that it has come to."""
    if answer.status in REDIRECTS:
        return _redirected(question, answer)
    if answer.status != OK:
        return _document(question, answer, error=f"HTTP {answer.status}")
    try:
        form = read_form(answer.body)
    except ParseError as error:
        return _unreadable(question, answer, error)
    digest = f"sha256:{sha256(answer.body).hexdigest()}"
    file = MediaFile(
        digest=digest,
        content_type=form.content_type,
        size_bytes=len(answer.body),
        width=form.width,
        height=form.height,
        path=file_path(digest, form.content_type),
        url=question.picture_url,
    )
    return _document(question, answer, file=file)


def unanswered(question: PictureQuestion, error: str, captures: Sequence[Capture]) -> Document:
    """Return the document of a picture that got no answer, of which the last capture tells."""
    fetch = PictureFetch(
        question.picture_url,
        captures[-1].captured_at,
        requests=len(question.asked),
        capture=captures[-1],
        error=error,
    )
    return Document(question.site.source.name, captures=captures, picture=fetch)


def _redirected(question: PictureQuestion, answer: Answer) -> "PictureQuestion | Document":
    location = answer.redirected_to
    target = read_address(location) if location else None
    if target is None:
        return _document(question, answer, error="a redirect to nowhere")
    url = question.site.fetched(target.url)
    if url in question.asked or len(question.asked) == LONGEST_CHAIN:
        return _document(question, answer, error=f"redirected in circles to {url}")
    return replace(question, asked=(*question.asked, url))


def _unreadable(question: PictureQuestion, answer: Answer, error: ParseError) -> Document:
    capture = answer.captures[-1]
    failed = Quarantined(Stage.PARSE, str(error), capture.url, None, capture.captured_at, capture)
    return replace(_document(question, answer, error=str(error)), quarantined=[failed])


def _document(
    question: PictureQuestion,
    answer: Answer,
    *,
    file: MediaFile | None = None,
    error: str | None = None,
) -> Document:
    capture = answer.captures[-1]
    fetch = PictureFetch(
        url=question.picture_url,
        captured_at=capture.captured_at,
        requests=len(question.asked),
        status=answer.status,
        capture=capture,
        file=file,
        content=answer.body if file else b"",
        error=error,
        retry_after_at=polling.parse_retry_after(
            answer.headers.get("retry-after"), answer.received_at
        ),
    )
    return Document(question.site.source.name, captures=answer.captures, picture=fetch)
