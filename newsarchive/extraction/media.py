"""Pictures, videos and sound in the JSON of a Next.js page, by the fields that they have."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import TypeGuard

from newsarchive.extraction.fields import Fields, object_in, objects_in, string_in


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, at its largest."""

    url: str
    caption: str = ""
    copyright: str = ""
    alternative: str = ""  # for those who cannot see it


@dataclass(frozen=True, slots=True)
class Media:
    """One video or sound recording; NOS's own stream."""

    url: str
    title: str = ""
    mimetype: str = ""
    duration_s: int | None = None


def find_picture(block: Fields) -> Picture | None:
    """Return the picture that `block` shows, None where it has none.

    Known are `image.imagesByRatio` (page of 2024: `4:3` and `16:9`, each a list of width, height
    and `url.jpg`), `indexImage.Ratio16x9[]` (2025) and `imageAsset.Ratio16x9[]` (of a video, 2026).
    """
    image = object_in(block, "image", "imageAsset", "asset")
    for holder in (image, object_in(block, "indexImage"), block):
        largest_first = sorted(_variants(holder), key=_size, reverse=True)
        if url := next(filter(None, map(_address, largest_first)), ""):
            return _picture(url, holder)
    url = string_in(image, "url", "src")
    return _picture(url, image) if url else None


def find_media(block: Fields) -> Media | None:
    """Return the video or sound that `block` plays, None where it has none.

    Known are `source.url` and `media.src` (2022), `videoAsset.formats[].url` with
    `videoAsset.durationInSeconds` (2025) and `asset.formats[].url` (sound, 2026), of which the
    first format is taken.
    """
    asset = object_in(block, "videoAsset", "audioAsset", "asset")
    formats = [*objects_in(asset, "formats"), object_in(block, "source"), object_in(block, "media")]
    source = next((source for source in formats if string_in(source, "url", "src")), None)
    if source is None:
        return None
    duration = asset.get("durationInSeconds")
    return Media(
        url=string_in(source, "url", "src"),
        title=string_in(block, "title", "description").strip(),
        mimetype=string_in(source, "mimetype", "mimeType"),
        duration_s=round(duration) if _is_length(duration) else None,
    )


def _is_length(duration: object) -> TypeGuard[float]:
    return isinstance(duration, int | float) and isfinite(duration)


def _picture(url: str, holder: Fields) -> Picture:
    return Picture(
        url=url,
        caption=string_in(holder, "description", "caption").strip(),
        copyright=string_in(holder, "copyright").strip(),
        alternative=string_in(holder, "alt").strip(),
    )


def _variants(holder: Fields) -> Iterator[Fields]:
    """Yield each size of a picture, of all ratios."""
    by_ratio = object_in(holder, "imagesByRatio", "indexImage") or {
        name: value for name, value in holder.items() if name.startswith("Ratio")
    }
    for variants in by_ratio.values():
        for variant in variants if isinstance(variants, list) else [variants]:
            if isinstance(variant, dict):
                yield variant


def _address(variant: Fields) -> str:
    return string_in(variant, "url") or string_in(object_in(variant, "url"), "jpg", "webp")


def _size(variant: Fields) -> int:
    width, height = variant.get("width"), variant.get("height")
    return width * height if isinstance(width, int) and isinstance(height, int) else 0
