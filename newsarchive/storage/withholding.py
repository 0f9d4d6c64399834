"""Withholding: which articles a person hid, and every decision about that.

A withheld article is kept, and goes on being archived; whatever shows articles passes it over. All
of that follows from `articles.withheld_at`, which the views heed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from newsarchive.exceptions import NotFoundError
from newsarchive.model import Capture, Identity, Withholding, WithholdingAction
from newsarchive.storage.articles import find_or_add
from newsarchive.storage.captures import add_captures
from newsarchive.storage.duplicates import compare, take_turns
from newsarchive.storage.schema import articles
from newsarchive.storage.withholding_schema import withholdings


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an article that the archive holds is shown."""

    source: str
    external_id: str
    url: str
    withheld_at: datetime | None  # None: it is shown


def get_standing(connection: Connection, source: str, external_id: str) -> Standing:
    """Return whether an article is shown; raise NotFoundError where it is not held."""
    statement = select(articles.c.url, articles.c.withheld_at).where(
        articles.c.source == source, articles.c.external_id == external_id
    )
    row = connection.execute(statement).first()
    if row is None:
        raise NotFoundError(f"{source}:{external_id} is not in this archive")
    return Standing(source, external_id, row.url, row.withheld_at)


def record_decision(
    connection: Connection, decision: Withholding, identity: Identity, capture: Capture, run_id: int
) -> None:
    """Write a decision with the capture that tells of it, and hide or show the article.

    Whatever the order in which decisions are recorded, the one of the latest `decided_at` holds.
    An article that is not held becomes known, so that it is hidden from its first revision on.
    """
    # First, as whoever compares does: its links to near-duplicates go and come with it.
    take_turns(connection)
    found = find_or_add(connection, [(identity, decision.decided_at)])
    article_id = found[identity.source, identity.external_id].id
    row = {
        "article_id": article_id,
        "action": decision.action,
        "reason": decision.reason,
        "decided_at": decision.decided_at,
        "decided_by": decision.decided_by,
        "capture_id": add_captures(connection, [capture], run_id)[capture],
    }
    connection.execute(insert(withholdings), row)
    in_force = connection.execute(_latest(article_id)).one()
    is_withheld = in_force.action == WithholdingAction.WITHHOLD
    withheld_at = in_force.decided_at if is_withheld else None
    this = update(articles).where(articles.c.id == article_id)
    connection.execute(this.values(withheld_at=withheld_at))
    compare(connection, [article_id])


def _latest(article_id: int) -> Select[Any]:
    columns = withholdings.c
    return (
        select(columns.action, columns.decided_at)
        .where(columns.article_id == article_id)
        .order_by(columns.decided_at.desc(), columns.id.desc())
        .limit(1)
    )


def find_decisions(
    connection: Connection, article: tuple[str, str] | None = None
) -> list[Withholding]:
    """Return the decisions, or those about one article, the latest first."""
    statement = _decisions()
    if article is not None:
        source, external_id = article
        statement = statement.where(
            articles.c.source == source, articles.c.external_id == external_id
        )
    return list(map(_read, connection.execute(statement)))


def find_withheld(connection: Connection) -> list[Withholding]:
    """Return, for each article that is withheld, the decision by which it is, the latest first."""
    in_force = articles.c.withheld_at == withholdings.c.decided_at
    return list(map(_read, connection.execute(_decisions().where(in_force))))


def _decisions() -> Select[Any]:
    columns = (articles.c.source, articles.c.external_id)
    return (
        select(*columns, withholdings)
        .join(articles, articles.c.id == withholdings.c.article_id)
        .order_by(withholdings.c.decided_at.desc(), withholdings.c.id.desc())
    )


def _read(row: Any) -> Withholding:
    return Withholding(
        row.source,
        row.external_id,
        WithholdingAction(row.action),
        row.reason,
        row.decided_at,
        row.decided_by,
    )
