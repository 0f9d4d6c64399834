"""The form of 2015-2018: HTML by the server, `.article_textwrap` (page of 2017-11-06)."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

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
    INFORMATION,
    SECTIONS,
    attribute,
    source_set,
    stamp,
    stylesheet,
)

_FLOWING = (Paragraph, Heading, Bullets, Quote)


def write_textwrap(
    article: Article, path: str, title: str, *, style_size: int, listing: Sequence[Related]
) -> str:
    """Return the page of `article`, which stands at `path`."""
    is_live = article.kind is Kind.LIVEBLOG
    return "".join((
        _head(article, title, stylesheet(article.furniture, style_size)),
        _body_tag(article),
        navigation(article.furniture),
        '<main id="content" role="main" >',
        liveblog(article, title) if is_live else _article(article, path, title),
        _listing(article, listing),
        "</main>",
        footer(article),
        _scripts(article, path),
        "</body></html>",
    ))  # fmt: skip


def navigation(build: int) -> str:
    """Return the header of the site."""
    menus = "".join(
        f'<li id="nav-{section}" class="nav__item nav__item--hover js-menu-item">'
        f'<a href="/{section}/" class="nav__category js-event-click">\n  {section.capitalize()}\n'
        f'</a><ul class="subnav__list">{_links(section, names)}</ul></li>'
        for section, names in SECTIONS.items()
    )
    return (
        '<header id="nav" class="nav-wrapper"><div class="a11y"><ul class="a11y__list"><li>'
        '<a class="a11y__link" href="#menu">Ga naar het hoofdmenu</a></li><li><a class="a11y__link"'
        ' href="#content">Ga naar de inhoud</a></li></ul></div><nav class="nav js-nav">'
        f'<ul id="menu" class="nav__list clearfix">{menus}</ul><div class="weather-icon"><img '
        f'src="/bundles/nossite/img/icons/weather/72x72/bd____.png?{1710240919 + build}" alt="">'
        "</div></nav></header>"
    )


def _links(section: str, names: Iterable[str]) -> str:
    return "".join(
        f'<li><a href="/{section}/{name}/" class="subnav__link link-hover">'
        f"{name.replace('-', ' ').capitalize()}</a></li>"
        for name in names
    )


def footer(article: Article) -> str:
    """Return the footer of the site, with its corrections (`Herstelrubriek`)."""
    items = "".join(
        f'<li class="footer__item"><a href="{url}" class="footer__link">{label}</a></li>'
        for label, url in INFORMATION.items()
    )
    return (
        '<footer id="footer"><div class="row"><div class="footer"><div class="footer__column">'
        f'<h3 class="footer__title">Info</h3><ul class="footer__list">{items}</ul></div></div>'
        '<div class="divide-top"><ul class="list-disclaimer text-smaller"><li><a href='
        '"http://cookiesv2.publiekeomroep.nl/" class="link-hover">Cookie-instellingen</a></li>'
        f"<li><i>&copy;</i> NOS {article.published_at.year}</li></ul></div></div></footer>"
    )


def _head(article: Article, title: str, style: str) -> str:
    shown, said = attribute(title), attribute(article.description)
    number = article.external_id
    return (
        '<!DOCTYPE html><!--[if IE 8]><html class="no-js lt-ie10 lt-ie9" lang="nl"><![endif]-->'
        '<!--[if !IE]><!--><html class="no-js" lang="nl"><!--<![endif]--><head><meta charset='
        f'"utf-8" /><title>\n        {shown} | NOS\n    </title>'
        f'<meta property="og:title" content="{shown}"/><meta property="og:type" content="article"/>'
        f'<meta property="og:description" content="{said}"/>'
        f'<meta property="og:image" content="{_image(article, "xxl")}"/>'
        '<meta name="twitter:card" content="summary_large_image"><link rel="amphtml" href="'
        f'https://nos.nl/googleamp/artikel/{article.slug}.html"><meta name="news_keywords" '
        f'content="{attribute(", ".join(article.keywords))}">'
        f'<link href="/bundles/nossite/css/styles.css?{1710240919 + article.furniture}" '
        f'media="all" type="text/css" rel="stylesheet" /><style>{style}</style>'
        '<script type="text/plain" class="npo_cc_miscellaneous">\n          var _sf_startpt = '
        f"(new Date()).getTime(); // {number}\n      </script></head>"
    )


def _body_tag(article: Article) -> str:
    number = article.external_id
    return (
        f'<body id="{article.kind}-{number}" class="page-{article.kind}  js-item-read" '
        f'data-item-id="{number}">'
    )


def _image(article: Article, size: str, number: int | None = None) -> str:
    day = f"{article.published_at:%Y/%m/%d}"
    return f"https://nos.nl/data/image/{day}/{number or article.picture.number}/{size}.jpg"


def _article(article: Article, path: str, title: str) -> str:
    related = "".join(
        f'<div class="block__link internallink"><a href="/artikel/{link.slug}.html" class='
        f'"link-block"><figure class="list-latest__img"><img\n\t\t\t\tsrc='
        f'"{_image(article, "128x72", link.picture)}"\n\t\t\t\talt=""\t class="media-full"\t\t\t/>'
        '</figure><span class="list-latest__content internallink__link link-hover">'
        f"{escape(link.title, quote=False)}</span></a></div>"
        for link in article.related
    )
    return (
        "<article class=\"article\"><header class='article_head article_head-image row container'>"
        f'<div class="article_head_meta"><div class="article_block">{_heading(title)}'
        f'{_meta(article)}</div></div><div class="article_block">{_head_image(article)}</div>'
        f'</header><section class="article_body row">{"".join(_body(article))}<div class='
        '"article_block"><div class="block_links links"><h3 class="links__title">Bekijk ook</h3>'
        f"{related}</div></div></section>{_share(article, path, title)}</article>"
    )


def _heading(title: str) -> str:
    return f'<h1 class="article__title">{escape(title, quote=False)}</h1>' if title else ""


def _meta(article: Article) -> str:
    at = article.published_at
    return (
        '<div class="meta"><div class="ib space-right"><span class="icon-time icon-space-right">'
        f'</span><time datetime="{stamp(at)}">Vandaag, {at:%H:%M}</time></div><div class='
        '"ib space-right"><span><span class="icon-tag ico-space-right link-grey"></span><a href='
        f'"/{article.section}/{article.beat}/" class="link-grey">{attribute(article.label)}</a>'
        "</span></div></div>"
    )


def _head_image(article: Article) -> str:
    return _figure(article, article.picture, "article_head_image block_largecenter", "xxl")


def _figure(article: Article, picture: Picture, classes: str, size: str) -> str:
    return (
        f'<figure class="{classes}"><img\n\t\t\t\tsrc="{_image(article, size, picture.number)}"'
        '\n\t\t\t\talt="" \t\t\t\t\t class="media-full"\t\t\t/><div class="media_caption '
        f'show-from--tablet"><div class="caption_content">{escape(picture.caption, quote=False)}'
        f'<span class="caption_source">\n                                  '
        f"{escape(picture.copyright, quote=False)}\n                              </span></div>"
        "</div></figure>"
    )


def _body(article: Article) -> Iterator[str]:
    groups = groupby(article.blocks, key=lambda block: isinstance(block, _FLOWING))
    for is_flowing, blocks in groups:
        written = "".join(_block(article, block) for block in blocks)
        wrapped = f'<div class="article_textwrap">{written}</div>' if is_flowing else written
        yield f'<div class="article_block">{wrapped}</div>'


def _block(article: Article, block: Block) -> str:  # noqa: PLR0911 - one for each kind
    match block:
        case Paragraph(html):
            return f"<p>{html} </p>"
        case Heading(text):
            return f'<h2 class="block_title ">{escape(text, quote=False)}</h2>'
        case Bullets(items):
            return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
        case Quote(text, author):
            said, by = escape(text, quote=False), escape(author, quote=False)
            return f'<blockquote class="block_quote"><p>{said}</p><p>{by}</p></blockquote>'
        case Picture():
            return _figure(article, block, "block_image block_largecenter", "1008x567")
        case Clip(number, title, _):
            return (
                f'<div class="block_video"><a href="/video/{number}-video.html" title='
                f'"{attribute(title)}" class="video-play"><img src='
                f'"{_image(article, "864x486", number)}" alt=""></a></div>'
            )
        case Embed(url, title):
            return f'<iframe src="{url}" title="{attribute(title)}" width="100%"></iframe>'


def _share(article: Article, path: str, title: str) -> str:
    words, url = quote(title.strip()), f"https://nos.nl{path}"
    targets = {
        "Twitter": f"http://twitter.com/share?text={words}&url=https://nos.nl/l/"
        f"{article.external_id}&via=NOS",
        "Facebook": f"http://www.facebook.com/sharer.php?u={url}&t={words}",
        "E-mail": f"mailto:?subject={words}&body={url}",
    }
    items = "".join(
        f'<li class="share__list__item"><a href="{attribute(target)}" class="share__link link-grey"'
        f' title="Deel via {name}" target="_blank">{name}\n      </a></li>'
        for name, target in targets.items()
    )
    return (
        '<footer class="container"><div class="share"><span class="share__call-to-action">\n'
        "          Deel dit artikel: \n      </span><ul class="
        f'"share__list share__list--social">{items}</ul></div></footer>'
    )


def _listing(article: Article, listing: Sequence[Related]) -> str:
    items = "".join(
        f'<li class="list-latest__item"><a href="/artikel/{link.slug}.html" class="link-block">'
        f'<img src="{_image(article, "128x72", link.picture)}" srcset="'
        f'{source_set(link.picture, article.published_at)}" alt=""><span class='
        f'"list-latest__title">{escape(link.title, quote=False)}</span></a></li>'
        for link in listing
    )
    return (
        '<section class="js-article-more" data-url="/artikel/meer/nieuws">'
        + (f'<ul class="list-latest">{items}</ul>' if items else "")
        + "</section>"
    )


def _scripts(article: Article, path: str) -> str:
    pixel = f"https://sb.scorecardresearch.com/b?c1=2&ns_site=po-totaal&name=nos{path}"
    return (
        f'<script>var COMSCORE = "{pixel}";</script><noscript><p><img src="{attribute(pixel)}" '
        'height="1" width="1" alt="" class="js-comscore-url"></p></noscript><script>\n'
        f'  var SECTIONS = "{article.beat}";\n  var CUSTOMPATH = "/l/{article.external_id}";\n'
        f'</script><script type="text/javascript" src="/build/js/init.js?'
        f'{1710240919 + article.furniture}"></script>'
    )


def liveblog(article: Article, title: str) -> str:
    """Return a liveblog in the markup that they had until 2021."""
    introduction = "".join(_block(article, block) for block in article.blocks)
    times = [article.published_at, *([article.modified_at] if article.modified_at else [])]
    shown = "".join(f'<time datetime="{stamp(at)}">{at:%H:%M}</time> ' for at in times)
    heading = f'<h1 class="liveblog-header__title">{escape(title, quote=False)}</h1>'
    updates = "".join(
        f'<li id="UPDATE-container-{update.update_id}" class="liveblog__update"><div class='
        f'"liveblog__update__meta"><time datetime="{stamp(update.published_at)}">'
        f'{update.published_at:%H:%M}</time></div><h2 class="liveblog__update__title">'
        f'{escape(update.title, quote=False)}</h2><div class="liveblog__elements">'
        f"{''.join(_block(article, block) for block in update.blocks)}</div></li>"
        for update in article.updates
    )
    return (
        f'<article class="liveblog"><header class="liveblog-header">{heading if title else ""}'
        '<div class="liveblog-header__meta"><span class="liveblog-header__meta-supplychannel">'
        f'{article.supplier}</span> <span class="liveblog-header__meta-sub-title">{shown}</span>'
        f'<a href="/{article.section}/{article.beat}">{attribute(article.label)}</a></div>'
        f'<div class="liveblog-header__text">{introduction}</div></header>'
        f'<ul class="liveblog__list">{updates}</ul></article>'
    )
