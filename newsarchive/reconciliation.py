"""A post and a text of the same article: what one says of the other.

Older collections hold each article twice, as a post and as plain text, each damaged in its
own way by the program that wrote it. The post is the article; its text is a second witness.
"""

from enum import StrEnum

from newsarchive.cleaning.mojibake import is_damaged_copy, restore_from_sibling


class Agreement(StrEnum):
    """How a text stands to the text of its post."""

    SAME = "same"
    TEXT_DAMAGED = "text damaged"  # the post's is sound, so nothing is lost
    POST_DAMAGED = "post damaged"  # the text tells what the post's damaged words were
    CONTRADICTED = "contradicted"  # two different texts: a person must look


def reconcile(of_post: str, text: str) -> Agreement:
    """Compare the text rendition of a post with the text beside it, white space aside."""
    of_post, text = _folded(of_post), _folded(text)
    if of_post == text:
        return Agreement.SAME
    if is_damaged_copy(text, of_post):
        return Agreement.TEXT_DAMAGED
    if restore_from_sibling(of_post, text) is not None:
        return Agreement.POST_DAMAGED
    return Agreement.CONTRADICTED


def heal(html: str, of_post: str, text: str) -> str:
    """Return `html` with each damaged word of its text replaced by the sound one of `text`.

    Only for a pair that `reconcile` found POST_DAMAGED: word for word the same otherwise.
    """
    for damaged, sound in zip(of_post.split(), text.split(), strict=True):
        if damaged != sound:
            html = html.replace(damaged, sound)
    return html


def _folded(text: str) -> str:
    return " ".join(text.split())
