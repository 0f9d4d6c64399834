"""What the JSON of a Next.js page tells of an article beside its text."""

from collections.abc import Sequence
from dataclasses import asdict

from newsarchive.extraction.base import Form
from newsarchive.extraction.blocks import Body
from newsarchive.extraction.fields import (
    Fields,
    identifier_in,
    labels_in,
    object_in,
    objects_in,
    string_in,
)
from newsarchive.extraction.media import Picture, find_picture
from newsarchive.extraction.partners import partner_in
from newsarchive.extraction.updates import PUBLISHED

MODIFIED = ("modifiedAt", "updatedAt")


def read_metadata(
    form: Form, article: Fields, props: Fields, body: Body, partner: str
) -> dict[str, object]:
    """Return the metadata of `article`, only what there is; see `Extracted.metadata`.

    Beyond what every form has: `owner` and `system_tag` (which tell NOS, Nieuwsuur and
    Jeugdjournaal apart), `media` (url, title, mimetype, duration_s of each video or sound) and
    `unknown_blocks`, the names of blocks that only their fields could tell. `partner` is the
    one that a line above the text names; `props` also lists all regional broadcasters.
    """
    channel = string_in(article, "supplyChannelName")
    picture = find_lead_picture(article)
    return {"form": form.value} | _given(
        description=string_in(article, "description"),
        keywords=labels_in(article, "keywords"),
        categories=[_category(category) for category in objects_in(article, "categories")],
        collections=[_collection(collection) for collection in objects_in(article, "collections")],
        supply_channel=channel,
        regional_partner=partner or partner_in(channel) or _broadcaster(channel, props),
        owner=string_in(article, "owner"),
        system_tag=string_in(article, "systemTag"),
        authors=labels_in(article, "bios"),
        image=_picture(picture) if picture else {},
        related=list(body.related),
        media=[_given(**asdict(media)) for media in body.media],
        unknown_blocks=list(body.unknown),
        published_from=_first_given(article, PUBLISHED),
        modified_from=_first_given(article, MODIFIED),
    )


def find_lead_picture(article: Fields) -> Picture | None:
    """Return the picture of the article as a whole: `image.image`, or `indexImage`."""
    return find_picture(object_in(article, "image")) or find_picture(
        {"image": object_in(article, "indexImage")}
    )


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}


def _first_given(article: Fields, names: Sequence[str]) -> str | None:
    return next((name for name in names if string_in(article, name)), None)


def _category(category: Fields) -> dict[str, object]:
    return _given(
        name=string_in(category, "name"),
        label=string_in(category, "label"),
        main=string_in(category, "mainCategory"),
    )


def _collection(collection: Fields) -> dict[str, object]:
    return _given(
        id=identifier_in(collection, "id"),
        title=string_in(collection, "title", "name", "label"),
        url=string_in(collection, "url"),
    )


def _broadcaster(channel: str, props: Fields) -> str:
    return channel if channel in labels_in(props, "broadcasters") else ""


def _picture(picture: Picture) -> dict[str, object]:
    return _given(url=picture.url, caption=picture.caption, copyright=picture.copyright)
