"""Which pictures a revision shows, with what is said beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.etree import ParserError

from newsarchive.model import Media
from newsarchive.pictures.addresses import PictureAddress, read_address

CREDIT = "© "


@dataclass(frozen=True, slots=True)
class Mention:
    """One picture that a revision shows."""

    address: PictureAddress
    role: str  # `feature`: the article's own; `body`: among its text
    caption: str = ""
    copyright: str = ""  # whose property it is, as the page says


def find_mentions(
    html: str, image_url: str | None, metadata: Mapping[str, object], media: Media
) -> list[Mention]:
    """Return the pictures of a revision that `media` asks for, in order; its own comes first.

    `html` is the sanitised rendition, `metadata` the revision's. Each picture is told once.
    """
    if media is Media.NONE:
        return []
    found: dict[tuple[str, str], Mention] = {}
    body = _shown_in(html) if media is Media.ALL and "<img" in html else ()
    for mention in (*_feature(image_url, metadata), *body):
        address = mention.address
        found.setdefault((address.picture, address.crop), mention)
    return list(found.values())


def _feature(image_url: str | None, metadata: Mapping[str, object]) -> Iterator[Mention]:
    address = read_address(image_url) if image_url else None
    if address is None:
        return
    said = metadata.get("image")
    said = said if isinstance(said, dict) else {}
    yield Mention(
        address, "feature", str(said.get("caption") or ""), str(said.get("copyright") or "")
    )


def _shown_in(html: str) -> Iterator[Mention]:
    import lxml.html  # noqa: PLC0415 - only where there are pictures

    try:
        root = lxml.html.fromstring(f"<div>{html}</div>")
    except ParserError:
        return
    for image in root.iter("img"):
        address = read_address(str(image.get("src") or ""))
        if address is not None:
            figure = next(image.iterancestors("figure"), None)
            beside = None if figure is None else figure.find(".//figcaption")
            said = "" if beside is None else " ".join("".join(map(str, beside.itertext())).split())
            # As extraction writes it: the caption, and behind it whose picture it is.
            caption, _, credit = said.rpartition(CREDIT) if CREDIT in said else (said, "", "")
            yield Mention(address, "body", caption.strip(), credit.strip())
