"""What the site answers in place of an article: fronts, errors, walls, and a form nobody knows."""

from collections.abc import Sequence
from html import escape

from newsarchive.replica.articles import Article, Heading, Paragraph
from newsarchive.replica.drafts import Service
from newsarchive.replica.furniture import attribute, script_json, stamp
from newsarchive.replica.next_json import build_id
from newsarchive.replica.pages_next import shell


def write_front(title: str, articles: Sequence[Article]) -> str:
    """Return a listing of `articles`: the front page, or the front of a part of the site."""
    entries = [
        {"id": int(article.external_id), "type": str(article.kind), "title": article.title}
        for article in articles
    ]
    links = "".join(
        f'<li><a href="/{article.kind.replace("article", "artikel")}/{article.slug}"><h2>'
        f"{attribute(article.title)}</h2><time dateTime="
        f'"{stamp(article.published_at)}"></time></a></li>'
        for article in articles
    )
    meta = f'<title>{title}</title><meta content="website" property="og:type"/>'
    data = _data("/", {"latestNews": {"items": entries}})
    return shell(0, meta, f'<main id="content"><ul>{links}</ul></main>', data)


def write_not_found() -> str:
    """Return what stands where no article is, as Next.js names it."""
    main = "<main><h1>Pagina niet gevonden</h1><p>De pagina die je zoekt, is er niet.</p></main>"
    return shell(0, "<title>Pagina niet gevonden</title>", main, _data("/404", {}))


def write_error() -> str:
    """Return what stands where the site could not help itself."""
    main = "<main><h1>Er ging iets mis</h1><p>Probeer het later opnieuw.</p></main>"
    return shell(0, "<title>Er ging iets mis</title>", main, _data("/_error", {"statusCode": 500}))


def _data(page: str, props: object) -> str:
    return script_json(
        {"props": {"pageProps": props}, "page": page, "query": {}, "buildId": build_id(0)}
    )


def write_consent(path: str) -> str:
    """Return the cookie wall of 2013-2016 before `path`: a form, and no word of the article."""
    back = escape(f"https://nos.nl{path}")
    return (
        '<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>Cookies</title></head>'
        "<body><h1>Cookies op de sites van de publieke omroep</h1><p>Wij vragen toestemming om "
        'cookies te plaatsen.</p><form action="http://cookies.publiekeomroep.nl/accept/" method='
        f'"post"><input type="hidden" name="url" value="{back}"><button>Accepteren</button>'
        "</form></body></html>"
    )


def write_captcha() -> str:
    """Return a puzzle that only people are to solve."""
    return (
        '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name='
        '"robots" content="noindex,nofollow"></head><body><h1>nos.nl</h1><p>Verify you are human '
        'by completing the action below.</p><form id="challenge-form" action="/?__cf_chl_f_tk=r" '
        'method="POST"></form><script>window._cf_chl_opt={cType:"managed"};</script></body></html>'
    )


def write_redesign(article: Article) -> str:
    """Return the article in a form that the site never had."""
    blocks = "".join(
        f"<x-block>{block.html}</x-block>"
        if isinstance(block, Paragraph)
        else f"<x-kop>{attribute(block.text)}</x-kop>"
        for block in article.blocks
        if isinstance(block, Paragraph | Heading)
    )
    return (
        '<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>'
        f"{attribute(article.title)}</title></head><body><x-verhaal><x-titel>"
        f"{attribute(article.title)}</x-titel>{blocks}</x-verhaal></body></html>"
    )


BODIES = {
    Service.SOFT_404: write_not_found,
    Service.ERROR_PAGE: write_error,
    Service.CAPTCHA: write_captcha,
}
"""What is said with status 200 and is no article."""
