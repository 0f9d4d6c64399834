"""What the pages of Next.js were rendered from: `__NEXT_DATA__` and ld+json, of 2024 and of 2026.

2024: `pageProps.data` with `items` (page of 2024-03-12). 2026: `pageProps.article` with `content`,
as yt-dlp reads it; names of elements that it does not read are inferred.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from newsarchive.model import Kind
from newsarchive.replica.articles import (
    Article,
    Block,
    Bullets,
    Clip,
    Embed,
    Heading,
    Paragraph,
    Picture,
    Quote,
    Related,
    Update,
    plain,
)
from newsarchive.replica.furniture import cdn_url, images_by_ratio, stamp

_Json = dict[str, Any]
_NAMES = {
    "text": "TextElement",
    "title": "TitleElement",
    "image": "ImageElement",
    "textList": "ListElement",
    "quote": "QuoteElement",
    "video": "VideoElement",
    "externalContent": "ExternalContentElement",
    "link_container": "LinkContainerElement",
}


def build_id(build: int) -> str:
    """Return the number of the site's build: https://nextjs.org/docs calls it `buildId`."""
    return Random(f"build {build}").randbytes(12).hex()  # noqa: S311 - to be repeatable


def next_data(
    article: Article, title: str, *, is_new: bool, listing: Sequence[Related], slug: str
) -> _Json:
    """Return `__NEXT_DATA__` of the page of `article`."""
    data = _article_2026(article, title) if is_new else _article_2024(article, title)
    if not title:
        del data["title"]
    props: _Json = {
        "pageProps": {"article" if is_new else "data": data},
        "hostname": "prod-app",
        "broadcasters": [{"slug": "brabant", "name": "Omroep Brabant"}],
        "__N_SSP": True,
    }
    if listing:
        props["mostRead"] = {"items": [_listed(article, link) for link in listing]}
    return {
        "props": props,
        "page": "/item/[slug]",
        "query": {"slug": slug},
        "buildId": build_id(article.furniture),
        "assetPrefix": f"https://cdn.nos.nl/assets/nosnl/{build_id(article.furniture)[:7]}",
        "runtimeConfig": {"ENVIRONMENT": "production", "BASE_URL": "https://nos.nl"},
        "isFallback": False,
        "gssp": True,
        "scriptLoader": [],
    }


def _article_2024(article: Article, title: str) -> _Json:
    data = _common(article, title) | {
        "bios": [],
        "type": str(article.kind),
        "keywords": list(article.keywords),
        "pills": [],
        "publishedAt": stamp(article.published_at),
        "shareImageSrc": cdn_url(article.picture.number, article.published_at, 1024, 576),
        "items": _items(article),
        "image": _image(article, article.picture),
        "sterAdUrl": f"https://adcdn.ster.nl/script/nos.{article.section}.{article.beat}.min.js",
    }
    if article.kind is Kind.LIVEBLOG:
        data["updates"] = [_update(article, update) for update in article.updates]
    if article.kind is Kind.VIDEO:
        data["video"] = _video_of(article)
    return data


def _article_2026(article: Article, title: str) -> _Json:
    # As yt-dlp does: the time of creation where that of publication is lacking.
    name = "createdAt" if article.number % 8 == 3 else "publishedAt"  # noqa: PLR2004 - a residue
    data = _common(article, title) | {
        "__typename": article.kind.capitalize(),
        "authors": [],
        "keywords": [{"label": keyword} for keyword in article.keywords],
        name: stamp(article.published_at),
        "content": [_renamed(article, item) for item in _items(article)],
        "indexImage": _index_image(article.picture.number),
        "image": _image(article, article.picture),
    }
    if article.kind is Kind.LIVEBLOG:
        data["updates"] = [_update(article, update) for update in article.updates]
    if article.kind is Kind.VIDEO:
        data["videoAsset"] = _asset(article, _video_of(article))
    return data


def _common(article: Article, title: str) -> _Json:
    return {
        "id": int(article.external_id),
        "title": title,
        "description": article.description,
        "modifiedAt": stamp(article.modified_at or article.published_at),
        "categories": [
            {"name": article.beat, "label": article.label, "mainCategory": article.section}
        ],
        "collections": [],
        "systemTag": None,
        "owner": article.beat if article.beat in {"nieuwsuur", "jeugdjournaal"} else "nieuws",
        "supplyChannelName": article.supplier,
        "url": f"https://nos.nl/l/{article.external_id}",
    }


def _items(article: Article) -> list[_Json]:
    partner = [{"type": "text", "text": _partner_line(article)}] if article.partner else []
    blocks = [] if article.kind is Kind.VIDEO else [_item(article, b) for b in article.blocks]
    items = [*partner, *blocks, _link_container(article)]
    return [{"id": f"{10**14 + 7919 * n}", **item} for n, item in enumerate(items)]


def _partner_line(article: Article) -> str:
    return f"<em>In samenwerking met {article.partner}</em>"


def _item(article: Article, block: Block) -> _Json:  # noqa: PLR0911 - one for each kind
    match block:
        case Paragraph(html):
            return {"type": "text", "text": html}
        case Heading(text):
            return {"type": "title", "title": text}
        case Bullets(items):
            lines = "".join(f"<li>{item}</li>" for item in items)
            return {"type": "textList", "text": f"<ul>{lines}</ul>"}
        case Quote(text, author):
            return {"type": "quote", "text": text, "author": author}
        case Picture():
            return _image(article, block)
        case Clip():
            return _clip(article, block)
        case Embed(url, title):
            return {"type": "externalContent", "url": url, "title": title}


def _image(article: Article, picture: Picture) -> _Json:
    return {
        "type": "image",
        "image": {
            "imagesByRatio": images_by_ratio(picture.number, article.published_at),
            "description": picture.caption,
            "copyright": picture.copyright,
            "display": "default",
            "sizes": "(min-width: 800px) 738px, 100vw",
        },
    }


def _clip(article: Article, clip: Clip) -> _Json:
    """Return a video (block of a page of 2022-08-14)."""
    return {
        "hasCoreId": True,
        "type": "video",
        "title": clip.title,
        "geoprotection": False,
        "description": clip.description,
        "imagesByRatio": images_by_ratio(clip.number, article.published_at),
        "source": {
            "url": f"https://cdn.nos.nl/video/{clip.number}/master.m3u8",
            "mimetype": "application/vnd.apple.mpegurl",
        },
    }


def _video_of(article: Article) -> _Json:
    return next(_clip(article, block) for block in article.blocks if isinstance(block, Clip))


def _renamed(article: Article, item: _Json) -> _Json:
    """Return a block of 2024 as an element of 2026."""
    renamed = {name: value for name, value in item.items() if name != "type"}
    renamed["__typename"] = _NAMES[item["type"]]
    if item["type"] != "video":
        return renamed
    for name in ("source", "imagesByRatio", "hasCoreId"):
        del renamed[name]
    number = int(article.external_id) - 1
    return renamed | {
        "videoAsset": _asset(article, item),
        "indexImage": _index_image(number),
    }


def _asset(article: Article, video: _Json) -> _Json:
    return {
        "formats": [video["source"]],
        "durationInSeconds": 30 + int(article.external_id) % 200,
        "title": video["title"],
    }


def _index_image(number: int) -> _Json:
    base = f"https://images.cdn.nos.nl/{'/'.join(str(number))}/{number:040}"
    return {
        "Ratio16x9": [
            {"url": f"{base}/0x0x{width * 3}x{height * 3}-{width}x{height}.webp", "width": width}
            for width, height in ((320, 180), (640, 360), (1024, 576), (1920, 1080))
        ]
    }


def _update(article: Article, update: Update) -> _Json:
    return {
        "id": update.update_id,
        "title": update.title,
        "publishedAt": stamp(update.published_at),
        "items": [_item(article, block) for block in update.blocks],
    }


def _link_container(article: Article) -> _Json:
    links = [
        {
            "type": "internal_link",
            "item": {
                "id": int(link.external_id),
                "title": link.title,
                "systemTag": None,
                "imagesByRatio": {
                    "4:3": images_by_ratio(link.picture, article.published_at)["4:3"]
                },
            },
        }
        for link in article.related
    ]
    return {"type": "link_container", "items": links}


def _listed(article: Article, link: Related) -> _Json:
    return {
        "id": int(link.external_id),
        "type": "article",
        "title": link.title,
        "publishedAt": stamp(article.published_at),
        "imagesByRatio": images_by_ratio(link.picture, article.published_at),
    }


def linked_data(article: Article, title: str) -> _Json:
    """Return the ld+json of the page of `article`, as of 2024; headings are not in its text."""
    url = f"https://nos.nl/l/{article.external_id}"
    data: _Json = {
        "@context": "http://schema.org",
        "@type": "NewsArticle",
        "identifier": int(article.external_id),
        "url": url,
        "publisher": {"@type": "Organization", "name": article.supplier},
        "headline": title,
        "description": article.description,
        "mainEntityOfPage": url,
        "image": {
            "@type": "ImageObject",
            "url": cdn_url(article.picture.number, article.published_at, 1024, 576),
        },
        "dateCreated": stamp(article.published_at),
        "datePublished": stamp(article.published_at),
        "dateModified": stamp(article.modified_at or article.published_at),
        "isAccessibleForFree": True,
        "inLanguage": [{"@type": "Language", "name": "Dutch"}],
        "keywords": list(article.keywords),
    }
    if not title:
        del data["headline"]
    return data | _LINKED_KINDS[article.kind](article)


def _article_body(article: Article) -> _Json:
    texts = (plain(b.html) if isinstance(b, Paragraph) else "" for b in article.blocks)
    return {"articleBody": " ".join(texts)}


def _live_updates(article: Article) -> _Json:
    return {
        "@type": "LiveBlogPosting",
        "liveBlogUpdate": [
            {
                "@type": "BlogPosting",
                "headline": update.title,
                "datePublished": stamp(update.published_at),
                "articleBody": " ".join(plain(b.html) for b in update.blocks),
            }
            for update in article.updates
        ],
    }


def _video_object(article: Article) -> _Json:
    return {
        "@type": "VideoObject",
        "name": article.title.strip(),
        "uploadDate": stamp(article.published_at),
        "contentUrl": _video_of(article)["source"]["url"],
    }


_LINKED_KINDS = {
    Kind.ARTICLE: _article_body,
    Kind.LIVEBLOG: _live_updates,
    Kind.VIDEO: _video_object,
}
