"""Aliases: which article is meant where a publisher gives no numbers and its addresses change.

The canonical URL identifies; but a slug follows the headline, a site moves, and an entry is the
same entry as before. So whoever comes with a document first asks what the archive knows of all
the addresses and guids in it. The rules are a table in `docs/sources.md`.

Two workers that meet one article under two addresses must not both find it unknown: a source's
documents are settled one at a time, under a lock on the row of the source.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Text, bindparam, null, select, tuple_, union_all

from newsarchive.exceptions import IdentityError
from newsarchive.identity import id_of_url, is_by_url, read_addresses
from newsarchive.items import Document, Quarantined, quarantine
from newsarchive.model import Identity, Kind, Observation, Origin, Stage
from newsarchive.storage.columns import UtcDateTime, fits_index
from newsarchive.storage.engine import insert_missing
from newsarchive.storage.schema import aliases, articles, entries, feeds, sources

Name = tuple[str | None, str]
"""What an article is known by: (None, canonical URL), or (slug of a feed, guid of its entry)."""


@dataclass(frozen=True, slots=True)
class Met:
    """An address under which an article was met for the first time."""

    identity: Identity
    url: str  # canonical
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What one observation calls its article."""

    observation: Observation
    own: Name  # by which it is identified
    links: tuple[Name, ...]  # other addresses that lead to it
    guids: tuple[Name, ...]  # its entry, and the guid as an address

    @property
    def names(self) -> tuple[Name, ...]:
        """All of them, the most telling first."""
        return (self.own, *self.links, *self.guids)


def settle(connection: Connection, document: Document) -> tuple[Document, list[Met]]:
    """Return `document` with each observation given to the article that the archive knows.

    Returned too is what `add_aliases` has to write once the articles are there. An observation
    that names two known articles goes to quarantine. Where the publisher numbers its articles,
    nothing is asked and nothing changes.
    """
    if not document.observations or not is_by_url(_identity(document.observations[0])):
        return document, []
    home = _lock(connection, document.source)
    said = list(_without_shared([_read(one, home) for one in document.observations]))
    known = _find_known(connection, document.source, said)
    said = list(_without_given_away(said, known))
    settled: list[Observation] = []
    failed: list[Quarantined] = []
    met: list[Met] = []
    for one in said:
        try:
            identity = _decide(one, known)
        except IdentityError as error:
            failed.append(quarantine(one.observation, Stage.IDENTIFY, error))
            continue
        settled.append(replace(one.observation, identity=identity))
        met += _met(one, identity, known)
    failed = [*document.quarantined, *failed]
    return replace(document, observations=settled, quarantined=failed), met


def add_aliases(connection: Connection, met: Sequence[Met]) -> None:
    """Write the addresses that `settle` found to be new; an article that is not there has none."""
    if not met:
        return
    of_article = (articles.c.source == bindparam("of"), articles.c.external_id == bindparam("id"))
    row = select(
        articles.c.source,
        bindparam("address", type_=Text),
        articles.c.id,
        bindparam("at", type_=UtcDateTime),
    ).where(*of_article)
    statement = insert_missing(connection, aliases).from_select(
        ["source", "url", "article_id", "observed_at"], row
    )
    values = [
        {
            "of": one.identity.source,
            "id": one.identity.external_id,
            "address": one.url,
            "at": one.at,
        }
        for one in met
    ]
    connection.execute(statement, values)


def find_by_url(connection: Connection, names: Iterable[str], url: str) -> tuple[str, str] | None:
    """Return source and external id of the article of these sources that is known by `url`."""
    wanted = list(names)
    own = select(articles.c.source, articles.c.external_id).where(
        articles.c.source.in_(wanted), articles.c.external_id == id_of_url(url)
    )
    other = (
        select(articles.c.source, articles.c.external_id)
        .join(aliases, aliases.c.article_id == articles.c.id)
        .where(aliases.c.source.in_(wanted), aliases.c.url == url)
    )
    row = connection.execute(own).first() or connection.execute(other).first()
    return None if row is None else (row.source, row.external_id)


def _identity(observation: Observation) -> Identity:
    assert observation.identity is not None, "identified by the pipeline before store"
    return observation.identity


def _lock(connection: Connection, source: str) -> str:
    """Wait until no other worker settles documents of `source`; return its homepage."""
    statement = select(sources.c.homepage_url).where(sources.c.name == source)
    # Not `FOR UPDATE`: rows that refer to the source are written meanwhile, by other crawls too.
    return str(connection.execute(statement.with_for_update(key_share=True)).scalar_one())


def _read(observation: Observation, home: str) -> Said:
    guid, own = observation.guid, _identity(observation).url
    found = read_addresses(home, guid, observation.link, observation.original_link)
    guids: list[Name] = []
    if guid and observation.feed:
        guids.append((observation.feed, guid))
    if found.guid and found.guid != own:
        guids.append((None, found.guid))
    links = tuple((None, url) for url in found.links if url != own)
    return Said(observation, (None, own), links, tuple(guids))


def _without_shared(said: Sequence[Said]) -> Iterator[Said]:
    """Take away the names that several articles of one document have: they tell nothing."""
    owners: dict[Name, set[Name]] = {}
    for one in said:
        for name in one.names:
            owners.setdefault(name, set()).add(one.own)
    for one in said:
        sound = replace(one, links=tuple(name for name in one.links if len(owners[name]) == 1))
        is_sound = all(len(owners[name]) == 1 for name in one.guids)
        yield sound if is_sound else _without_guid(sound)


def _without_given_away(said: Sequence[Said], known: dict[Name, Identity]) -> Iterator[Said]:
    """Take away guids of an article that stands in the same document under its own address.

    Some feeds number their entries from the top, so that a guid means another article every
    time. Of such a feed no guid is believed that contradicts a known address.
    """
    present = {known[one.own] for one in said if one.own in known}

    def others(one: Said) -> set[Identity]:
        """Return the articles that the guid names, and the link does not."""
        return {known[name] for name in one.guids if name in known} - {known.get(one.own)}

    is_renumbered = any(others(one) & present for one in said)
    for one in said:
        is_void = others(one) & present or (is_renumbered and one.own in known and others(one))
        yield _without_guid(one) if is_void else one


def _without_guid(one: Said) -> Said:
    # The entry has no name of its own then: it goes by its article's URL.
    return replace(one, observation=replace(one.observation, guid=None), guids=())


def _find_known(connection: Connection, source: str, said: Sequence[Said]) -> dict[Name, Identity]:
    """Return the article of each name that the archive knows, in one question."""
    names = {name for one in said for name in one.names}
    urls = [url for slug, url in names if slug is None]
    columns = (articles.c.source, articles.c.external_id, articles.c.kind, articles.c.url)
    no_slug = null().cast(Text).label("slug")
    own = select(no_slug, articles.c.url.label("name"), *columns).where(
        articles.c.source == source, articles.c.external_id.in_([id_of_url(url) for url in urls])
    )
    other = (
        select(no_slug, aliases.c.url.label("name"), *columns)
        .join(articles, articles.c.id == aliases.c.article_id)
        .where(aliases.c.source == source, aliases.c.url.in_(urls))
    )
    entry = (
        select(feeds.c.slug, entries.c.guid.label("name"), *columns)
        .join(entries, entries.c.feed_id == feeds.c.id)
        .join(articles, articles.c.id == entries.c.article_id)
        .where(
            feeds.c.source == source,
            tuple_(feeds.c.slug, entries.c.guid).in_([key for key in names if key[0] is not None]),
        )
    )
    rows = connection.execute(union_all(own, other, entry))
    return {
        (row.slug, row.name): Identity(row.source, row.external_id, Kind(row.kind), row.url)
        for row in rows
    }


def _decide(one: Said, known: dict[Name, Identity]) -> Identity:
    """Return the article that `one` names; raise IdentityError where it names two known ones."""
    own = _identity(one.observation)
    if one.observation.origin is Origin.PAGE:
        # It was asked for as this article's page, and says in vain that it is another's.
        return own
    found = {known[name]: name for name in reversed(one.names) if name in known}
    if len(found) > 1:
        told = (
            f"{name[1]!r} is {of.source}:{of.external_id} {of.url}" for of, name in found.items()
        )
        raise IdentityError(f"Two known articles are named: {', '.join(told)}")
    return replace(next(iter(found), own), kind=own.kind)


def _met(one: Said, identity: Identity, known: dict[Name, Identity]) -> Iterator[Met]:
    for name in one.names:
        slug, url = name
        if slug is None and name not in known and url != identity.url and fits_index(url):
            yield Met(identity, url, one.observation.captured_at)
