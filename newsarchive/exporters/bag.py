"""A selection as a corpus that can be cited: a BagIt 1.0 bag (RFC 8493) of Parquet and JSON lines.

::

    bagit.txt  bag-info.txt              the bag, and what it is of
    manifest-sha256.txt  -sha512.txt     the digest of each file below data/
    tagmanifest-sha256.txt  -sha512.txt  the digest of each file beside data/
    data/articles.parquet  .jsonl        a row an article, in its current rendition
    data/revisions.parquet  .jsonl       a row a revision of these articles
    data/schema.json                     the columns: name, types, meaning
    data/query.json                      what was asked of which archive; rows and digests
    data/LICENCE.txt  data/README.md     whose the texts are; how to read, check and cite this

The corpus is cited by the SHA-256 of tagmanifest-sha256.txt, on which every other byte bears. The
same archive and selection give the same bytes, under one version of pyarrow and of newsarchive:
nothing tells when or where the bag was made, and `Bagging-Date` is the day (in UTC) of the
archive's last capture.
"""

import json
from collections.abc import Iterable
from contextlib import ExitStack
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path

from newsarchive.exporters.about import LICENCE, SOFTWARE, About, Progress, Released, instant
from newsarchive.exporters.base import whole_file, whole_folder
from newsarchive.exporters.descriptions import describe_columns
from newsarchive.exporters.jsonl import open_jsonl
from newsarchive.exporters.parquet import open_parquet
from newsarchive.model import Article
from newsarchive.storage import ArticleRevision, Snapshot

ALGORITHMS = ("sha256", "sha512")
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

README = """\
# {title}

| | |
|---|---|
| asked for | {asked} |
| archive as of | {as_of} (its last capture) |
| articles | {articles}: `articles.parquet`, `articles.jsonl`, as they were then |
| revisions | {revisions}: `revisions.parquet`, `revisions.jsonl`, every state of these articles |
| made with | {software}, pyarrow {pyarrow} |

Both files of a pair hold the same rows: take the one that your tools read. `schema.json` tells
what each column is, `query.json` all of the above for programs.

To check that this is what was released, in the folder above this one:

    sha256sum --check tagmanifest-sha256.txt manifest-sha256.txt

To cite it, name the title, the time of the archive and the digest that this prints:

    sha256sum tagmanifest-sha256.txt

Whose the texts are stands in `LICENCE.txt`.
"""


def write_bag(snapshot: Snapshot, about: About, out: Path, progress: Progress) -> Released:
    """Write the selection of `snapshot` as the new folder `out`, in flat memory.

    Raises TransferError where `out` is there already or cannot be written, and UsageError where
    pyarrow is not installed.
    """
    with whole_folder(out) as bag:
        data = bag / "data"
        tables = (
            ("articles", Article, snapshot.iter_articles()),
            ("revisions", ArticleRevision, snapshot.iter_revisions()),
        )
        for name, record_type, records in tables:
            _write_table(records, record_type, data / name, progress)
        _describe(data, about)
        digest = _close_bag(bag, about)
    return Released(out, digest, {"articles": about.articles, "revisions": about.revisions})


def _write_table(
    records: Iterable[object], record_type: type, path: Path, progress: Progress
) -> None:
    """Write records to two files of that name, Parquet and JSON lines, in one traversal."""
    with ExitStack() as places:
        writers = [
            places.enter_context(open_format(path.with_suffix(ending), record_type))
            for ending, open_format in ((".parquet", open_parquet), (".jsonl", open_jsonl))
        ]
        for count, record in enumerate(records, start=1):
            for write in writers:
                write(record)
            progress(path.name, count)


def _describe(data: Path, about: About) -> None:
    """Write what the tables are of, and what they hold."""
    pyarrow = version("pyarrow")
    files = [
        {"path": path.name, "bytes": path.stat().st_size, "sha256": _digest(path, "sha256")}
        for path in sorted(data.iterdir())
    ]
    query = {**about.as_values(), "pyarrow": pyarrow, "files": files}
    schema = {"articles": describe_columns(Article), "revisions": describe_columns(ArticleRevision)}
    readme = README.format(
        title=about.title,
        asked=about.asked,
        as_of=instant(about.as_of),
        articles=about.articles,
        revisions=about.revisions,
        software=SOFTWARE,
        pyarrow=pyarrow,
    )
    _write(data / "query.json", _json(query))
    _write(data / "schema.json", _json(schema))
    _write(data / "LICENCE.txt", LICENCE + "\n")
    _write(data / "README.md", readme)


def _close_bag(bag: Path, about: About) -> str:
    """Write the tag files of the bag; return the digest that it is cited by."""
    payload = sorted((bag / "data").iterdir())
    sizes = [path.stat().st_size for path in payload]
    info = {
        "Bag-Software-Agent": SOFTWARE,
        **({"Bagging-Date": about.as_of.date().isoformat()} if about.as_of else {}),
        "External-Description": about.title,
        "Payload-Oxum": f"{sum(sizes)}.{len(sizes)}",
    }
    _write(bag / "bagit.txt", DECLARATION)
    _write(bag / "bag-info.txt", "".join(f"{name}: {value}\n" for name, value in info.items()))
    for algorithm in ALGORITHMS:
        _write(bag / f"manifest-{algorithm}.txt", _manifest(bag, payload, algorithm))
    tags = sorted(path for path in bag.iterdir() if path.is_file())
    for algorithm in ALGORITHMS:
        _write(bag / f"tagmanifest-{algorithm}.txt", _manifest(bag, tags, algorithm))
    return f"sha256:{_digest(bag / 'tagmanifest-sha256.txt', 'sha256')}"


def _manifest(bag: Path, paths: Iterable[Path], algorithm: str) -> str:
    """Return a line a file, as RFC 8493 (2.1.3) and the sha*sum commands have it."""
    lines = (f"{_digest(path, algorithm)}  {path.relative_to(bag).as_posix()}\n" for path in paths)
    return "".join(lines)


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return file_digest(file, algorithm).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    with whole_file(path) as file:
        file.write(text.encode())
