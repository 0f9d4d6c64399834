"""The forms since 2021: Next.js with styled-components, `__NEXT_DATA__` and ld+json.

The shell is that of https://nos.nl/artikel/2512497-… as served on 2024-03-12; the page of 2026
differs in its JSON, and in the names that Sentry gives its components.
"""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote_plus

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
    INFORMATION,
    SECTIONS,
    attribute,
    cdn_url,
    script_json,
    shown,
    source_set,
    stamp,
    styled,
    stylesheet,
)
from newsarchive.replica.next_json import build_id, linked_data, next_data


def write_next(
    article: Article,
    path: str,
    title: str,
    *,
    style_size: int,
    listing: Sequence[Related],
    is_new: bool,
) -> str:
    """Return the page of `article`, which stands at `path`."""
    data = next_data(article, title, is_new=is_new, listing=listing, slug=path.rpartition("/")[2])
    main = _main(article, title, is_new=is_new) + _listing(article, listing)
    return shell(
        article.furniture,
        _meta(article, path, title),
        f"{main}{_linked_data(article, title)}",
        script_json(data),
        style_size,
    )


def shell(build: int, meta: str, main: str, data: str, style_size: int = 2_000) -> str:
    """Return a page of the site around `main`, rendered from the JSON `data`."""
    assets = f"https://cdn.nos.nl/assets/nosnl/{build_id(build)[:7]}/_next/static"
    chunks = "".join(
        f'<script src="{assets}/chunks/{name}-{build_id(build)[7:23]}.js" defer=""></script>'
        for name in ("webpack", "framework", "main", "pages/_app", "pages/item/%5Bslug%5D")
    )
    return (
        '<!DOCTYPE html><html lang="nl"><head><meta charSet="utf-8"/><meta content="'
        f'width=device-width, initial-scale=1" name="viewport"/>{meta}<meta content="NOS" '
        f'name="app-name"/><link rel="stylesheet" href="{assets}/css/7de0.css" data-n-p=""/>'
        f'{chunks}<style data-styled="" data-styled-version="5.3.11">'
        f'{stylesheet(build, style_size)}</style></head><body><div id="__next">{_header(build)}'
        f"{main}{_footer(build)}</div>"
        f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'
        '<script src="https://cookies.nos.nl/sites/NOS/nos.nl/ccm-wrapper_v1.1.js"></script>'
        "</body></html>"
    )


def _class(article: Article, name: str) -> str:
    return f'class="{styled(article.furniture, name)}"'


def _header(build: int) -> str:
    skip = "".join(
        f'<li class="{styled(build, "skip")}"><a href="#{target}">Ga naar {words}</a></li>'
        for target, words in (("menu", "het menu"), ("content", "de inhoud"))
    )
    menus = "".join(
        f'<li aria-expanded="false" aria-haspopup="true"><a title="{name.capitalize()}" href='
        f'"/{name}" class="{styled(build, "menu")}">{name.capitalize()} <svg width="1em" height='
        '"1em" viewBox="0 0 24 24"><path d="M12 16 4 8l1.4-1.4L12 13.2l6.6-6.6L20 8z"></path>'
        "</svg></a></li>"
        for name in SECTIONS
    )
    return (
        f'<header data-tracking="nestType1=header" class="{styled(build, "header")}"><ol>{skip}'
        f'</ol><nav aria-label="Uitgebreide hoofdnavigatie"><ol id="menu">{menus}</ol></nav>'
        "</header>"
    )


def _footer(build: int) -> str:
    information = "".join(
        f'<li><a href="{url}" class="{styled(build, "footer link")}">{label}</a></li>'
        for label, url in INFORMATION.items()
    )
    sections = "".join(
        f'<li><a href="/{section}/{name}" class="{styled(build, "footer link")}">'
        f"{name.replace('-', ' ').capitalize()}</a></li>"
        for section, names in SECTIONS.items()
        for name in names
    )
    return (
        f'<footer class="{styled(build, "footer")}" data-tracking="nestType1=footer"><button>'
        "<span>Geef ons feedback</span><span>Vertel ons wat je van onze site vindt</span></button>"
        f"<h2>NOS informatie</h2><ul>{information}</ul><h2>Nieuws</h2><ul>{sections}</ul></footer>"
    )


def _meta(article: Article, path: str, title: str) -> str:
    name, said = attribute(title), attribute(article.description)
    tags = attribute(", ".join(article.keywords))
    image = cdn_url(article.picture.number, article.published_at, 1024, 576)
    times = (article.published_at, article.modified_at or article.published_at)
    published, modified = map(stamp, times)
    return (
        f'<title>{name}</title><link href="https://nos.nl/l/{article.external_id}" rel='
        f'"canonical"/><meta content="{said}" name="description"/><meta content="{name}" '
        f'name="title"/><meta content="{tags}" data-testid="keywords" name="keywords"/>'
        '<meta content="article" property="og:type"/><meta content='
        f'"https://nos.nl{path}" property="og:url"/><meta content="{name}" property="og:title"/>'
        f'<meta content="{said}" property="og:description"/><meta content="{image}" '
        'property="og:image"/><meta content="summary_large_image" property="twitter:card"/>'
        f'<meta content="{published}" property="og:article:published_time"/>'
        f'<meta content="{modified}" property="og:article:modified_time"/>'
    )


def _main(article: Article, title: str, *, is_new: bool) -> str:
    sentry = ' data-sentry-element="ItemContainer"' if is_new else ""
    column = f"<div {_class(article, 'column')}{sentry}>"
    told: list[Block] = [*article.blocks]
    for update in article.updates:
        told += [Heading(update.title), *update.blocks]
    blocks = "".join(f"{column}{_block(article, block)}</div>" for block in told)
    heading = f"<h1 {_class(article, 'title')}>{attribute(title)}</h1>" if title else ""
    return (
        f'<main {_class(article, "main")} id="content">{_head_picture(article, is_new=is_new)}'
        f'{column}<div data-tracking="nestType1=top">{_line_above(article)}{heading}<button '
        f'aria-label="Deel dit artikel" {_class(article, "share button")}></button></div></div>'
        f"{_partner(article, column)}{blocks}{column}{_related(article)}</div>{column}"
        f"{_share(article, title)}</div>{_advertisement(article)}</main>"
    )


def _line_above(article: Article) -> str:
    times = f'<time dateTime="{stamp(article.published_at)}">{shown(article.published_at)}</time>'
    if changed := article.modified_at:
        moment = f'<time dateTime="{stamp(changed)}">{shown(changed)}</time>'
        times += f"<span>•</span><span>Aangepast {moment}</span>"
    return f"<div><span>{article.supplier}</span><span>•</span>{times}</div>"


def _partner(article: Article, column: str) -> str:
    if not article.partner:
        return ""
    return f"{column}<p><em>In samenwerking met {article.partner}</em></p></div>"


def _head_picture(article: Article, *, is_new: bool) -> str:
    sentry = ' data-sentry-component="HeaderImage"' if is_new else ""
    return f"<div{sentry}>{_figure(article, article.picture)}</div>"


def _figure(article: Article, picture: Picture) -> str:
    holder = attribute(picture.copyright)
    return (
        f"<figure {_class(article, 'figure')}><button aria-label="
        f'"open deze afbeelding fullscreen. copyright: {holder}" type="button">'
        f"{_sources(article, picture.number)}<span>{holder}</span></button><figcaption "
        f"{_class(article, 'caption')}>{attribute(picture.caption)}</figcaption></figure>"
    )


def _sources(article: Article, number: int) -> str:
    small = source_set(number, article.published_at, "4:3")
    large = source_set(number, article.published_at)
    return (
        f'<picture><source media="(max-width: 600px)" srcSet="{small}"/><source media="" srcSet='
        f'"{large}"/><img alt="" decoding="async" loading="lazy" src='
        f'"{cdn_url(number, article.published_at, 1024, 576)}"/></picture>'
    )


def _block(article: Article, block: Block) -> str:  # noqa: PLR0911 - one for each kind
    match block:
        case Paragraph(html):
            return f"<p {_class(article, 'text')}>{html}</p>"
        case Heading(text):
            return f"<h2 {_class(article, 'heading')}>{attribute(text)}</h2>"
        case Bullets(items):
            lines = "".join(f"<li>{item}</li>" for item in items)
            return f"<ul {_class(article, 'list')}>{lines}</ul>"
        case Quote(text, author):
            said, by = attribute(text), attribute(author)
            return f"<blockquote {_class(article, 'quote')}>{said}<cite>{by}</cite></blockquote>"
        case Picture():
            return _figure(article, block)
        case Clip(_, title, _):
            return (
                f'<div data-testid="video"><button aria-label="{attribute(title)}"></button></div>'
            )
        case Embed(url, title):
            return f'<iframe src="{url}" title="{attribute(title)}" loading="lazy"></iframe>'


def _related(article: Article) -> str:
    links = "".join(
        f'<li><a href="/artikel/{link.slug}" {_class(article, "link")}><span>'
        f"{attribute(link.title)}</span>{_sources(article, link.picture)}</a></li>"
        for link in article.related
    )
    return f'<div data-testid="linkcontainer"><ul {_class(article, "links")}>{links}</ul></div>'


def _share(article: Article, title: str) -> str:
    words, url = quote_plus(title), quote_plus(f"https://nos.nl/l/{article.external_id}")
    targets = {
        "X": f"https://twitter.com/intent/tweet?text={words}&url={url}&via=NOS",
        "Facebook": f"https://www.facebook.com/sharer/sharer.php?u={url}",
        "WhatsApp": f"https://api.whatsapp.com/send?text={words}+{url}",
    }
    items = "".join(
        f'<li><a aria-label="{name}" href="{attribute(target)}" target="_blank" title="{name}"'
        f' data-tracking="eventName=share|elementId={article.external_id}"></a></li>'
        for name, target in targets.items()
    )
    return (
        f"<div {_class(article, 'share')}><p>Deel artikel:</p><ul>{items}<li><button><span "
        'data-testid="alert-false">Link gekopieerd!</span></button></li></ul></div>'
    )


def _advertisement(article: Article) -> str:
    return (
        f'<div id="sterad-container" {_class(article, "advertisement")}><h4>Advertentie via<!-- -->'
        f' <a href="https://ster.nl/">Ster.nl</a></h4><div id="sterad" data-slot="'
        f'{article.furniture}"></div></div>'
    )


def _listing(article: Article, listing: Sequence[Related]) -> str:
    items = "".join(
        f'<li><a href="/artikel/{link.slug}"><span>{escape(link.title)}</span>'
        f"{_sources(article, link.picture)}</a></li>"
        for link in listing
    )
    return (
        f'<aside data-tracking="nestType1=meest-gelezen"><ul>{items}</ul></aside>' if items else ""
    )


def _linked_data(article: Article, title: str) -> str:
    data = script_json(linked_data(article, title))
    return f'<script type="application/ld+json">{data}</script>'
