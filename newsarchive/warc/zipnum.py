"""Pack a CDXJ index so that a player reads a part of it: gzip members, and an index of these.

The index of members (`.idx`) has a line each: the key and time with which the member begins, then
JSON with its `offset`, `length` and `digest` in the packed file. Players as well as WACZ 1.1.1
(5.2.2) know the form as `cdxj-gzip-1.0`, or ZipNum.
"""

import json
from collections.abc import Callable, Iterable
from itertools import islice

from isal import isal_zlib

from newsarchive.warc.records import GZIP, digest

LINES_A_MEMBER = 1024
GZIP_LEVEL = 3  # igzip's best


def pack_index(lines: Iterable[bytes], append: Callable[[bytes], int], file_name: str) -> bytes:
    """Append `lines`, which are sorted, to the file of that name; return the index of members.

    `append` returns at which offset a member stands.
    """
    meta = json.dumps({"format": "cdxj-gzip-1.0", "filename": file_name})
    index = [f"!meta 0 {meta}\n".encode()]
    rest = iter(lines)
    while batch := list(islice(rest, LINES_A_MEMBER)):
        member = isal_zlib.compress(b"".join(batch), GZIP_LEVEL, GZIP)
        about = {"offset": append(member), "length": len(member), "digest": digest(member)}
        key = b" ".join(batch[0].split(b" ", 2)[:2])
        index.append(b"%s %s\n" % (key, json.dumps(about).encode()))
    return b"".join(index)
