"""The form of about 2019-2021: a word and a hash for each class, as public programs read it."""

from collections.abc import Sequence
from hashlib import sha256
from html import escape

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
)
from newsarchive.replica.furniture import (
    attribute,
    cdn_url,
    shown,
    source_set,
    stamp,
    stylesheet,
)
from newsarchive.replica.pages_textwrap import footer, liveblog, navigation

# As they were in November 2020, before another build gave them other hashes.
_HASHES = {
    "title": "iP7Q1aiP",
    "text": "3v_J6Y0G",
    "published": "WzR_NC-U",
    "link": "2imnEnEf",
    "heading": "1HXI5QYv",
}


def write_modules(
    article: Article, path: str, title: str, *, style_size: int, listing: Sequence[Related]
) -> str:
    """Return the page of `article`, which stands at `path`."""
    is_live = article.kind is Kind.LIVEBLOG
    return "".join((
        _head(article, path, title, stylesheet(article.furniture, style_size)),
        f'<body><div id="root"><div class="{_class(article, "app")}">',
        navigation(article.furniture),
        '<main id="content">',
        liveblog(article, title) if is_live else _article(article, title),
        _listing(article, listing),
        "</main>",
        footer(article),
        "</div></div>",
        '<script src="https://cookies.nos.nl/sites/NOS/nos.nl/ccm-wrapper_v1.1.js"></script>',
        "</body></html>",
    ))  # fmt: skip


def _class(article: Article, word: str) -> str:
    if article.furniture == 0 and word in _HASHES:
        return f"{word}_{_HASHES[word]}"
    digest = sha256(f"{article.furniture} {word}".encode()).hexdigest()
    return f"{word}_{digest[:4]}{digest[4:7].upper()}Q"


def _head(article: Article, path: str, title: str, style: str) -> str:
    shown_title, said = attribute(title), attribute(article.description)
    return (
        '<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"/><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"/><title>{shown_title}</title>'
        f'<link rel="canonical" href="https://nos.nl/l/{article.external_id}"/>'
        f'<meta name="description" content="{said}"/><meta property="og:type" content="article"/>'
        f'<meta property="og:url" content="https://nos.nl{path}"/>'
        f'<meta property="og:title" content="{shown_title}"/>'
        f'<meta property="og:description" content="{said}"/><meta property="og:image" content="'
        f'{cdn_url(article.picture.number, article.published_at, 1024, 576)}"/>'
        f'<meta name="keywords" content="{attribute(", ".join(article.keywords))}"/>'
        f"<style>{style}</style></head>"
    )


def _article(article: Article, title: str) -> str:
    heading = f'<h1 class="{_class(article, "title")}">{escape(title, quote=False)}</h1>'
    return (
        f'<article class="{_class(article, "article")}"><header class='
        f'"{_class(article, "header")}">{_figure(article, article.picture)}'
        f'<div class="{_class(article, "headerMetaData")}"><span class='
        f'"{_class(article, "supplyChannelName")}">{article.supplier}</span>{_times(article)}'
        f'<a class="{_class(article, "link")}" href="/{article.section}/{article.beat}">'
        f"{attribute(article.label)}</a></div>{heading if title else ''}</header>"
        f'<div class="{_class(article, "contentBody")}">'
        f"{''.join(_block(article, block) for block in article.blocks)}{_related(article)}</div>"
        f'<div class="share share--bottom"><p>Deel artikel:</p><button>Link gekopieerd!</button>'
        "</div></article>"
    )


def _times(article: Article) -> str:
    at, changed = article.published_at, article.modified_at
    published = f'Gepubliceerd <time datetime="{stamp(at)}">{shown(at)}</time>'
    modified = changed and f'Aangepast <time datetime="{stamp(changed)}">{shown(changed)}</time>'
    return f'<span class="{_class(article, "published")}">{published}</span>' + (
        f'<span class="{_class(article, "modified")}">{modified}</span>' if modified else ""
    )


def _figure(article: Article, picture: Picture) -> str:
    return (
        f'<figure class="{_class(article, "figure")}"><img alt="" src="'
        f'{cdn_url(picture.number, article.published_at, 1024, 576)}" srcset="'
        f'{source_set(picture.number, article.published_at)}"/><figcaption><span class="'
        f'{_class(article, "description")}">{escape(picture.caption, quote=False)}</span>'
        f'<span class="{_class(article, "copyright")}">{escape(picture.copyright, quote=False)}'
        "</span></figcaption></figure>"
    )


def _block(article: Article, block: Block) -> str:  # noqa: PLR0911 - one for each kind
    match block:
        case Paragraph(html):
            return f'<p class="{_class(article, "text")}">{html}</p>'
        case Heading(text):
            return f'<h2 class="{_class(article, "heading")}">{escape(text, quote=False)}</h2>'
        case Bullets(items):
            lines = "".join(f"<li>{item}</li>" for item in items)
            return f'<ul class="{_class(article, "list")}">{lines}</ul>'
        case Quote(text, author):
            said, by = escape(text, quote=False), escape(author, quote=False)
            return f'<div class="{_class(article, "quote")}"><p>{said}</p><p>{by}</p></div>'
        case Picture():
            return _figure(article, block)
        case Clip(number, title, _):
            return (
                f'<div class="{_class(article, "player")}"><a href="/video/{number}-video"></a>'
                f'<div class="{_class(article, "caption")}">{escape(title, quote=False)}</div>'
                "</div>"
            )
        case Embed(url, title):
            return (
                f'<a class="{_class(article, "externalContent")}" href="{url}"><span class="'
                f'{_class(article, "title")}">{escape(title, quote=False)}</span></a>'
            )


def _related(article: Article) -> str:
    links = "".join(
        f'<li><a class="{_class(article, "link")}" href="/artikel/{link.slug}">'
        f"{escape(link.title, quote=False)}</a></li>"
        for link in article.related
    )
    container = _class(article, "linkContainer")
    return f'<div class="{container}"><h3>Bekijk ook</h3><ul>{links}</ul></div>'


def _listing(article: Article, listing: Sequence[Related]) -> str:
    items = "".join(
        f'<li><a href="/artikel/{link.slug}"><img alt="" srcset="'
        f'{source_set(link.picture, article.published_at)}"/><span>'
        f"{escape(link.title, quote=False)}</span></a></li>"
        for link in listing
    )
    return f'<aside class="{_class(article, "latest")}"><ul>{items}</ul></aside>' if items else ""
