"""The content digest: by it the archive sees that an article was edited.

The times that a publisher gives say nothing about that: NOS edits silently.
"""

import hashlib
import re

DIGEST_RULE = 1

_TAGS = re.compile(r"<[^>]*>(?: ?<[^>]*>)* ?")
_TAG = re.compile(r"<(/?)([a-z0-9]+)((?: href=\"[^\"]*\")?)")
_SPACES = "\t\n\f\r\xa0\u2009\u202f"
# Part of rule 1, and so never to change with what the rendition allows.
_INLINE = frozenset({"a", "b", "del", "em", "i", "img", "ins", "s", "strong", "sub", "sup", "u"})


def content_digest(title: str, html: str, rule: int = DIGEST_RULE) -> str:
    """Return the digest, `sha256:<hex>`, of a headline and a body as HTML rendition.

    Rule 1 hashes the UTF-8 of one string: the title, a line feed, the body. In both, each run
    of white space (space, tab, LF, FF, CR, U+00A0, U+2009, U+202F) becomes one space, and outer
    ones go. Then, in the body, each longest run of tags with only spaces between and around them
    becomes its tags alone, each reduced to its name and, for `a`, its `href` as written; one
    space goes before them if there was any in or around the run and every tag of it is one of
    a, b, del, em, i, img, ins, s, strong, sub, sup, u.

    So words, their order and emphasis, block boundaries, link targets and whether there is an
    image count; an image's address and text, layout and other attributes do not.

    Raises ValueError for a rule that does not exist.
    """
    if rule not in _RULES:
        raise ValueError(f"there is no digest rule {rule}; known: {sorted(_RULES)}")
    canonical = f"{_fold(title)}\n{_RULES[rule](html)}"
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _fold(text: str) -> str:
    for space in _SPACES:
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def _canonical_body(html: str) -> str:
    folded = _fold(html)
    parts, end = [], 0
    for run in _TAGS.finditer(folded):
        before, end = folded[end : run.start()], run.end()
        tags = _TAG.findall(run[0])
        is_spaced = before.endswith(" ") or run[0].endswith(" ") or "> <" in run[0]
        is_inline = all(name in _INLINE for _, name, _ in tags)
        parts += [before.rstrip(" "), " " if is_spaced and is_inline else ""]
        parts += [f"<{closing}{name}{href}>" for closing, name, href in tags]
    return "".join([*parts, folded[end:]])


_RULES = {1: _canonical_body}
