"""Tables of articles, as others keep them: JSON lines and CSV, cut into chunks and read.

A chunk is what an import records, and all that a rebuild has: it can be read alone. So reading
is a function of a chunk's bytes and its capture.
"""

from newsarchive.rows.articles import FIELDS, check_header, is_chunk, read_chunk
from newsarchive.rows.forms import Form, content_type
from newsarchive.rows.records import Chunk, iter_chunks

__all__ = [
    "FIELDS",
    "Chunk",
    "Form",
    "check_header",
    "content_type",
    "is_chunk",
    "iter_chunks",
    "read_chunk",
]
