"""The near-duplicates of an article, as a reader of that article wants them."""

from newsarchive.storage import DuplicateMember, Summary
from newsarchive.web.site import Site


def list_group(site: Site, article: Summary) -> list[tuple[DuplicateMember, float | None]]:
    """Return the other articles of its group, the earliest first, and how alike the two are.

    From 0 to 1; None where only a third article links them.
    """
    others: list[tuple[DuplicateMember, float | None]] = []
    for group in site.archive.find_duplicates(article.article_id):
        alike = {
            frozenset((link.article.article_id, link.of.article_id)): link.similarity
            for link in group.links
        }
        others += [
            (member, alike.get(frozenset((member.article_id, article.article_id))))
            for member in group.members
            if member.article_id != article.article_id
        ]
    return others
