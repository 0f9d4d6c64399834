"""`newsarchive sources`: whose news is archived, whether it works, and what another would give."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from newsarchive.cli.arguments import json_option
from newsarchive.cli.output import minute, print_json, printable
from newsarchive.cli.tables import print_table
from newsarchive.config import Config, is_web_address
from newsarchive.exceptions import UsageError

if TYPE_CHECKING:
    from newsarchive.items import Document
    from newsarchive.model import Feed, Observation, Outcome
    from newsarchive.sources import Source

SUMMARY_WORDS = 80
"""Of a body in the middle: a feed with fewer gives the beginnings of its articles, as a rule."""

TRIED = "tried"  # the name of the source to which a tried address belongs
CATEGORY = "nieuws"  # and its category, until somebody chooses another


@click.command()
@click.option("--check", is_flag=True, help="Ask every feed of newsarchive.toml once.")
@click.option("--try", "address", metavar="URL", help="Show what a feed, or a home page, gives.")
@click.option("-v", "--verbose", is_flag=True, help="Show the log.")
@json_option
def sources(*, check: bool, address: str | None, verbose: bool, as_json: bool) -> None:
    """List the sources: NOS, and those of newsarchive.toml (see docs/sources.md).

    \b
    --check    what is at each address, how many entries, whether they are whole
    --try URL  the same of any feed, or of the feeds that a home page names: what would be
               archived, entry by entry, and the lines for newsarchive.toml

    Neither writes anything. robots.txt and the pause between requests are kept. Both exit 7
    when something failed, 8 when nothing could be reached.
    """
    if check and address:
        raise UsageError("--check or --try, not both")
    if check:
        _check(as_json=as_json, verbose=verbose)
    elif address:
        _try(address, as_json=as_json, verbose=verbose)
    else:
        _list(as_json=as_json)


def _list(*, as_json: bool) -> None:
    from newsarchive.sources import known_sources

    config = Config.load()
    known = known_sources(config.source_tables, config.file)
    held = {row["name"]: row for row in _held(config)}
    rows = [_row(name, known.get(name), held.get(name)) for name in dict.fromkeys([*known, *held])]
    if as_json:
        print_json(rows)
        return
    columns = ("source", "feeds", "articles", "last poll", "home page")
    shown = (
        (row["name"], row["feeds"], row["articles"], minute(row["last_polled_at"]) or "never",
         row["homepage_url"])
        for row in rows
    )  # fmt: skip
    print_table(columns, shown)


def _held(config: Config) -> Sequence[Mapping[str, Any]]:
    """Return what the archive has of each source; nothing where there is no archive yet."""
    from newsarchive.storage import Archive

    if Archive.find_schema(config.database_url) is None:
        return []
    with Archive.read(config.database_url) as archive:
        return archive.find_sources()


def _row(name: str, source: "Source | None", held: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the facts of one source; one that is in no file any more has no feeds."""
    if source is None:
        assert held is not None, "a source is known from the file or from the archive"
        return {**held, "feeds": 0, "language": None}
    return {
        "name": name,
        "homepage_url": source.homepage_url,
        "articles": held["articles"] if held else 0,
        "last_polled_at": held["last_polled_at"] if held else None,
        "feeds": len(source.feeds),
        "language": source.language,
    }


def _check(*, as_json: bool, verbose: bool) -> None:
    from newsarchive.sources import own_sources

    config = Config.load()
    own = own_sources(config.source_tables, config.file)
    if not own:
        click.echo(f"There are no sources in {config.file}: see docs/sources.md", err=True)
        if as_json:
            print_json([])
        return
    outcome, documents, forms = _ask(config, own, verbose=verbose)
    facts = [_facts(document, forms) for document in documents]
    if as_json:
        print_json(facts)
    else:
        _print_facts(facts)
    _exit(outcome)


def _try(address: str, *, as_json: bool, verbose: bool) -> None:
    from newsarchive.model import Feed
    from newsarchive.sources import Source

    if not is_web_address(address):
        raise UsageError(f"{address!r} is not an http(s) address")
    parts = urlsplit(address)
    homepage = f"{parts.scheme}://{parts.netloc}"
    feed = Feed(TRIED, CATEGORY, CATEGORY, address, 0)
    tried = {TRIED: Source(TRIED, homepage, (feed,))}
    outcome, documents, forms = _ask(Config.load(), tried, tried=address, verbose=verbose)
    if as_json:
        print_json([_facts(d, forms) | {"articles": _articles(d)} for d in documents])
        _exit(outcome)
    read = [document for document in documents if _feed(document).url in forms]
    _print_facts([_facts(document, forms) for document in documents])
    for document in read:
        click.echo(f"\n{printable(_feed(document).url or '')}\n")
        columns = ("id", "published", "words", "title")
        print_table(columns, map(_entry_row, document.observations), one_line=True)
        for failed in document.quarantined:
            click.echo(f"quarantine, {failed.stage}: {printable(failed.error)}")
    if read:
        click.echo(f"\nTo archive it, in newsarchive.toml:\n\n{_snippet(homepage, read)}")
    _exit(outcome)


def _exit(outcome: "Outcome") -> None:
    from newsarchive.cli.crawl import EXIT_CODES

    sys.exit(int(EXIT_CODES[outcome]))


def _ask(
    config: Config, asked: Mapping[str, "Source"], *, tried: str | None = None, verbose: bool
) -> tuple["Outcome", list["Document"], dict[str, str]]:
    """Ask the feeds once; return how it went, what they said, and the form of each."""
    from newsarchive.cli.crawl import run_spider
    from newsarchive.extensions.trial import Trial

    trial, forms = Trial(config, asked), dict[str, str]()
    arguments = {"trial": trial, "sources": asked, "forms": forms, "discover": tried is not None}
    settings = {
        "SPIDER_MODULES": "newsarchive.spiders.trial",
        "EXTENSIONS": {"newsarchive.extensions.trial.TrialRun": 0},
        "NEWSARCHIVE_TRIED_URL": tried,
    }
    outcome, _ = run_spider("trial", arguments, settings, verbose=verbose)
    documents = sorted(trial.documents, key=lambda d: (_feed(d).source, _feed(d).position))
    return outcome, documents, forms


def _feed(document: "Document") -> "Feed":
    assert document.poll is not None, "every document of a trial is a poll"
    return document.poll.feed.feed


def _facts(document: "Document", forms: Mapping[str, str]) -> dict[str, Any]:
    feed, poll, said = _feed(document), document.poll, document.observations
    assert poll is not None, "as above"
    words = sorted(one.word_count for one in said)
    return {
        "source": feed.source,
        "feed": feed.slug,
        "url": feed.url,
        "form": forms.get(feed.url or ""),
        "title": poll.title,
        "entries": len(said),
        "quarantined": len(document.quarantined),
        "words_median": int(median(words)) if words else None,
        "with_guid": sum(one.guid is not None for one in said),
        "with_date": sum(one.published_at is not None for one in said),
        "articles_named": len({one.identity for one in said}),
        "error": poll.error,
    }


def _print_facts(facts: Iterable[Mapping[str, Any]]) -> None:
    columns = ("source", "feed", "form", "title", "entries", "bodies", "remarks")
    rows = (
        (one["source"], one["feed"], one["form"], one["title"], one["entries"], _bodies(one),
         "; ".join(_remarks(one)))
        for one in facts
    )  # fmt: skip
    print_table(columns, rows)


def _bodies(one: Mapping[str, Any]) -> str:
    words = one["words_median"]
    if words is None:
        return ""
    return f"{'summaries' if words < SUMMARY_WORDS else 'whole'}, {words} words in the middle"


def _remarks(one: Mapping[str, Any]) -> Iterable[str]:
    if one["error"]:
        yield one["error"]
    if one["quarantined"]:
        yield f"{one['quarantined']} in quarantine"
    for fact, name in (("with_guid", "guid"), ("with_date", "date")):
        if lacking := one["entries"] - one[fact]:
            yield f"{lacking} without {name}"
    if one["articles_named"] < one["entries"]:
        yield f"they name {one['articles_named']} articles only"


def _articles(document: "Document") -> list[dict[str, Any]]:
    return [
        {
            "external_id": one.identity.external_id,
            "url": one.identity.url,
            "title": one.title,
            "published_at": one.published_at,
            "word_count": one.word_count,
            "text": one.text,
        }
        for one in document.observations
        if one.identity is not None
    ]


def _entry_row(one: "Observation") -> tuple[object, ...]:
    assert one.identity is not None, "else it would be in quarantine"
    return one.identity.external_id, minute(one.published_at), one.word_count, one.title


def _snippet(homepage: str, read: Sequence["Document"]) -> str:
    """Return the table of newsarchive.toml with which the feeds that were read are archived."""
    import json

    labels = (urlsplit(homepage).hostname or "").removeprefix("www.").split(".")
    name = "-".join(labels[:-1]) if labels[-1].isalpha() else "eigen"
    lines = [f"[sources.{name}]", f"homepage = {json.dumps(homepage)}"]
    for number, document in enumerate(read, start=1):
        category = CATEGORY if number == 1 else f"{CATEGORY}-{number}"
        lines += ["", f"[[sources.{name}.feeds]]"]
        lines += [f"url = {json.dumps(_feed(document).url)}", f"category = {json.dumps(category)}"]
    return "\n".join(lines)
