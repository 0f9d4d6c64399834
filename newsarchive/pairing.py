"""What the files of an import are, and which belong together.

Collections hold posts, and beside many a post its text in a file of its own. Which is which
shows only when a file is opened; which may belong together shows in its name. So an import
goes by names first: `group_paths` puts files of one stem together, a group is small enough
to be read whole, and `sort_group` says what its files are. A text whose post is not in its
group can still name an article by its id, which whoever knows the archive must look up.
"""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath

from newsarchive.exceptions import ParseError
from newsarchive.posts import Post, find_external_id, parse_post

UNFINISHED = ".part"
"""The ending of a file that an export was still writing when it was cut short."""

LARGEST_GROUP = 8
"""Files of one stem, beyond which the stem is a habit such as `index` and no article's name."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file."""

    text: str
    encoding: str  # "utf-8", or "cp1252" where some bytes were no UTF-8: to be counted


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One file of an import, read."""

    path: str  # as given
    text: str


@dataclass(frozen=True, slots=True)
class PostFile:
    """A file that is a post, whatever its ending."""

    path: str
    post: Post


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that holds an article's text only.

    It belongs to the post at `post_path`; where that is None, to the article
    `external_id`, if this import or the archive has it, and else to none.
    """

    path: str
    text: str
    post_path: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """A file that can be used for nothing, with the reason."""

    path: str
    text: str
    reason: str


def decode_file(payload: bytes) -> Decoded:
    """Return the text of a file: UTF-8 with or without its mark, else Windows' cp1252.

    A file may be UTF-8 but for single bytes that some hand put in as cp1252. Raises ParseError
    where it is no text at all.
    """
    if b"\0" in payload:
        raise ParseError("not a text file: it has NUL bytes")
    try:
        return Decoded(payload.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError:
        pass
    try:
        if _is_mostly_utf_8(payload):
            return Decoded(payload.decode("utf-8-sig", "newsarchive.cp1252"), "cp1252")
        return Decoded(payload.decode("cp1252"), "cp1252")
    except UnicodeDecodeError as error:
        raise ParseError(f"text neither in UTF-8 nor in cp1252: {error}") from error


def _is_mostly_utf_8(payload: bytes) -> bool:
    text = payload.decode("utf-8", "replace")
    beyond_ascii = sum(not sign.isascii() for sign in text)
    return 3 * text.count("\ufffd") <= beyond_ascii


def _read_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Return the bytes that are no UTF-8 as what they are in cp1252 (see `codecs`)."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252"), error.end


codecs.register_error("newsarchive.cp1252", _read_as_cp1252)


def group_paths(paths: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield the paths in groups of one stem, in order of their stems, whatever their folders.

    `html/2280103-kabinet.html` and `text/2280103-kabinet.txt` are one group, unless more
    than LARGEST_GROUP files bear the stem: then each folder's are one. Only names are held.
    """
    ordered = sorted(set(paths), key=lambda path: (_stem(path), _folder(path), path))
    for _, same_stem in groupby(ordered, key=_stem):
        group = tuple(same_stem)
        if len(group) <= LARGEST_GROUP:
            yield group
        else:
            yield from (tuple(beside) for _, beside in groupby(group, key=_folder))


def sort_group(files: Sequence[ImportedFile]) -> list[PostFile | TextFile | Stray]:
    """Say of each file of one group what it is: its posts first, then the others, in order.

    A text belongs to the post in its own folder, else to the only post of the group: a
    stem such as `index` may stand in many folders. A text without a post is known by the
    id in its name; one that has none is a stray, as is a post that cannot be read.
    """
    first = [_as_post(file) for file in files]
    posts = [file for file in first if isinstance(file, PostFile)]
    rest = [
        _as_text(file, posts) if isinstance(file, ImportedFile) else file
        for file in first
        if not isinstance(file, PostFile)
    ]
    return [*posts, *rest]


def _as_post(file: ImportedFile) -> PostFile | Stray | ImportedFile:
    """Return the file as a post, as a stray if it is a broken one, as it is if it is none."""
    if file.path.endswith(UNFINISHED):
        return Stray(file.path, file.text, "left unfinished by an export that was cut short")
    try:
        post = parse_post(file.text)
    except ParseError as error:
        return Stray(file.path, file.text, str(error))
    return file if post is None else PostFile(file.path, post)


def _as_text(file: ImportedFile, posts: Sequence[PostFile]) -> TextFile | Stray:
    """Return a file without front matter as the text of one of `posts`, or by its id."""
    beside = [post for post in posts if _folder(post.path) == _folder(file.path)]
    if owner := next(iter(beside or posts[: len(posts) == 1]), None):
        return TextFile(file.path, file.text, post_path=owner.path)
    if external_id := find_external_id(file.path):
        return TextFile(file.path, file.text, external_id=external_id)
    return Stray(file.path, file.text, "a text without a post: none has its stem, its name no id")


def _stem(path: str) -> str:
    return PurePath(path).stem


def _folder(path: str) -> str:
    return str(PurePath(path).parent)
