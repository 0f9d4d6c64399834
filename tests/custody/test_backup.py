"""Backups and what is restored of them, on both databases."""

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, text

from newsarchive.config import Config
from newsarchive.custody.backup import back_up
from newsarchive.custody.generations import find_latest, list_names, locked
from newsarchive.custody.restore import restore, verify_backup
from newsarchive.custody.verify import verify
from newsarchive.exceptions import (
    DamageFoundError,
    LeaseHeldError,
    NotFoundError,
    StorageError,
    TransferError,
    UsageError,
)
from newsarchive.items import Document
from newsarchive.media import write_media
from newsarchive.model import Outcome
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner
from newsarchive.storage.engine import connect
from newsarchive.storage.schema import media_files
from newsarchive.warc import WarcWriter

from .conftest import HOUR, NOON, Kept, fill, new_warc, observe, page

PICTURE = b"\x89PNG geen echte plaat" * 50
PICTURE_DIGEST = sha256(PICTURE).hexdigest()
PICTURE_PATH = f"media/{PICTURE_DIGEST[:2]}/{PICTURE_DIGEST[2:]}.png"


# What a virtual table of SQLite holds stands in its shadow tables.
TABLES = {
    "sqlite": "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN "
    "('table', 'shadow')",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


@dataclass
class Place:
    """An archive, the backup of it, and where it could be restored."""

    kept: Kept
    to: Path
    clock: list

    def config(self, url: str | None = None, data_dir: Path | None = None) -> Config:
        return Config(
            data_dir or self.kept.data_dir, url or self.kept.url, clock=lambda: self.clock[0]
        )

    def back_up(self, keep: int = 7):
        self.clock[0] += timedelta(seconds=1)
        return back_up(self.config(), self.to, keep)

    def verify(self, name: str | None = None):
        return verify_backup(self.config(), self.to, name)

    def whats(self) -> list[tuple[str, str]]:
        return [(finding.file, finding.what) for finding in self.verify().findings]


@pytest.fixture
def place(kept, tmp_path) -> Place:
    add_picture(kept)
    return Place(kept, tmp_path / "copy", [NOON])


@pytest.fixture
def place_on_each(database_url, tmp_path) -> Place:
    kept = fill(database_url, tmp_path / "data")
    add_picture(kept)
    return Place(kept, tmp_path / "copy", [NOON])


@pytest.fixture
def postgres_place(new_postgres, tmp_path) -> Place:
    return Place(fill(new_postgres(), tmp_path / "data"), tmp_path / "copy", [NOON])


def add_picture(kept: Kept) -> None:
    write_media(kept.data_dir, PICTURE_PATH, PICTURE)
    with Archive.open(kept.url) as archive, archive._engine.begin() as connection:
        connection.execute(
            insert(media_files).values(
                digest=f"sha256:{PICTURE_DIGEST}",
                content_type="image/png",
                size_bytes=len(PICTURE),
                width=1,
                height=1,
                path=PICTURE_PATH,
                url="https://cdn.nos.nl/image/1.png",
                capture_id=1,
            )
        )


class Crawl:
    """A crawl run that is still at work: it stores a page whenever it is told to."""

    def __init__(self, kept: Kept) -> None:
        self.archive = Archive.open(kept.url)
        run = NewRun("nos", "nos", {}, "0", NOON, "again", Owner("here", "2:2"))
        self.run_id = self.archive.begin_run(run, get_source("nos"), is_alive=lambda _: True)
        self.warc = new_warc(kept.data_dir, "late")
        self.number = 2700000

    def store(self) -> str:
        """Store a page; return the name of its file."""
        capture = self.write()
        said = observe(self.number, capture, f"Tekst van {self.number}.")
        self.archive.record_document(Document("nos", [said], captures=[capture]), self.run_id)
        return capture.warc_file

    def write(self):
        """Write a page that no row names."""
        self.number += 1
        return self.warc.write_exchange(page(self.number, NOON + HOUR, f"Tekst {self.number}"))

    def finish(self) -> None:
        self.warc.close()
        self.archive.finish_run(self.run_id, Outcome.FINISHED, {}, NOON + HOUR)
        self.archive.close()


@pytest.fixture
def crawl_of():
    begun = []

    def begin(kept: Kept) -> Crawl:
        begun.append(Crawl(kept))
        return begun[-1]

    yield begin
    for crawl in begun:
        crawl.warc.close()
        crawl.archive.close()


def all_rows(url: str) -> dict[str, list]:
    """Return every row of every table."""
    engine = connect(url)
    with engine.connect() as connection:
        names = connection.execute(text(TABLES[engine.dialect.name])).scalars().all()
        found = {
            name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"'))))
            for name in names
        }
    engine.dispose()
    return found


def files_below(folder: Path) -> dict[str, bytes]:
    found = (p for kind in ("warc", "media") for p in (folder / kind).rglob("*") if p.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def empty_database(request, database_url, tmp_path) -> str:
    """Give the URL of a database of the same kind in which there is nothing."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/elsewhere/newsarchive.db"
    url = request.getfixturevalue("new_postgres")()
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


def test_what_is_restored_is_what_was_there(place_on_each, empty_database, tmp_path):
    place = place_on_each
    place.back_up()
    there = tmp_path / "restored"
    done = restore(place.config(empty_database, there), place.to)

    assert (done.files_copied, done.upgraded_from, done.findings) == (3, None, ())
    assert all_rows(empty_database) == all_rows(place.kept.url)
    assert files_below(there) == files_below(place.kept.data_dir)
    with Archive.read(empty_database) as archive:
        assert verify(archive, there).findings == ()


def test_a_restored_archive_is_one_to_go_on_with(place_on_each, empty_database, tmp_path, crawl_of):
    place = place_on_each
    place.back_up()
    restore(place.config(empty_database, tmp_path / "restored"), place.to)
    crawl = crawl_of(replace(place.kept, url=empty_database, data_dir=tmp_path / "restored"))
    crawl.store()
    crawl.finish()

    with Archive.read(empty_database) as archive:
        assert archive.count_rows()["revisions"] == 4
        assert verify(archive, tmp_path / "restored").findings == ()


def test_a_backup_is_tried_without_leaving_anything(place_on_each):
    place = place_on_each
    place.back_up()
    before = all_rows(place.kept.url)
    tried = place.verify()

    assert tried.findings == ()
    assert (tried.files, tried.captures, tried.revisions, tried.media) == (2, 5, 3, 1)
    assert all_rows(place.kept.url) == before
    engine = connect(place.kept.url)
    assert "newsarchive_trial" not in inspect(engine).get_schema_names()
    engine.dispose()


def test_only_what_is_new_is_copied(place, crawl_of):
    first = place.back_up()
    sizes = {p.name: p.stat().st_size for p in (place.kept.data_dir / "warc").iterdir()}
    assert (first.files_copied, first.bytes_copied) == (3, sum(sizes.values()) + len(PICTURE))

    second = place.back_up()
    assert (second.files_copied, second.bytes_copied) == (0, 0)

    crawl = crawl_of(place.kept)
    path = place.kept.data_dir / crawl.store()
    begun = path.stat().st_size
    third = place.back_up()
    crawl.store()
    crawl.finish()
    fourth = place.back_up()
    assert (third.files_copied, third.bytes_copied) == (1, begun)
    assert (fourth.files_copied, fourth.bytes_copied) == (1, path.stat().st_size - begun)
    assert [place.verify(name).findings for name in list_names(place.to)] == [()] * 4


def test_what_a_backup_left_that_was_killed_as_a_file_grew_is_written_over(place, crawl_of):
    crawl = crawl_of(place.kept)
    name = crawl.store()
    place.back_up()
    with (place.to / name).open("ab") as file:
        file.write(b"\0" * 5000)
    assert place.verify().findings == ()
    crawl.store()
    crawl.finish()
    place.back_up()

    assert place.verify().findings == ()
    assert (place.to / name).read_bytes() == (place.kept.data_dir / name).read_bytes()


def test_a_file_at_work_is_copied_as_far_as_rows_name_it(place_on_each, crawl_of):
    place = place_on_each
    crawl = crawl_of(place.kept)
    path = place.kept.data_dir / crawl.store()
    named = path.stat().st_size
    crawl.write()
    done = place.back_up()
    [of_crawl] = [kept for kept in done.generation.manifest.warc if "late" in kept.path]

    assert of_crawl.size_bytes == named
    assert place.verify().findings == ()


def test_what_a_crash_left_is_copied_when_nobody_is_at_work(place, crawl_of):
    warc = WarcWriter(place.kept.data_dir, "crash", software="x/1", clock=lambda: NOON)
    warc.write_exchange(page(2600009, NOON, "Nooit genoemd."))
    warc.close()
    crawl = crawl_of(place.kept)
    busy = place.back_up()
    crawl.finish()
    quiet = place.back_up()

    assert (busy.files_copied, quiet.files_copied) == (3, 1)
    assert place.verify().findings == ()


def test_a_bit_that_changes_in_the_backup_is_found(place):
    place.back_up()
    path = place.to / place.kept.storm.warc_file
    raw = bytearray(path.read_bytes())
    raw[place.kept.storm.warc_offset + 200] ^= 1
    path.write_bytes(raw)
    whole, record = place.verify().findings

    assert (whole.file, whole.offset) == (place.kept.storm.warc_file, None)
    assert "digest" in whole.what
    assert (record.file, record.offset) == (whole.file, place.kept.storm.warc_offset)
    assert record.articles == ("nos:2600002",)


@pytest.mark.parametrize(
    ("damaged", "what"),
    [
        pytest.param("media", "digest in its name", id="a media file"),
        pytest.param("warc", "the digest that it had", id="a WARC file"),
        pytest.param("database", "the digest that it had", id="the database"),
        pytest.param("list", "the digest that it had", id="the list of media files"),
    ],
)
@pytest.mark.parametrize("how", ["cut", "gone"])
def test_damage_of_the_backup_is_named(place, damaged, what, how):
    generation = place.back_up().generation
    path = {
        "media": place.to / PICTURE_PATH,
        "warc": place.to / place.kept.post.warc_file,
        "database": generation.folder / "newsarchive.db",
        "list": generation.folder / "media.sha256",
    }[damaged]
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.unlink()
    [(file, said), *_] = place.whats()

    assert file == path.relative_to(place.to).as_posix()
    assert (what if how == "cut" else "missing") in said


def test_a_bit_that_changes_in_a_table_is_found(postgres_place):
    generation = postgres_place.back_up().generation
    path = generation.folder / "tables" / "revisions.copy.gz"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    [(file, said)] = postgres_place.whats()

    assert file == path.relative_to(postgres_place.to).as_posix()
    assert "the digest that it had" in said


def test_rows_that_are_not_the_ones_that_were_copied_are_found(place_on_each):
    """The files have their digests; the tables have not."""
    place = place_on_each
    generation = place.back_up().generation
    path = generation.folder / "manifest.json"
    told = json.loads(path.read_text("utf-8"))
    for table in told["database"]["tables"]:
        if table["name"] == "articles":
            table["digest"] = "sha256:0"
        elif table["name"] == "looks":
            table["rows"] = 9
    path.write_text(json.dumps(told), "utf-8")

    assert sorted(what for _, what in place.whats()) == [
        "the table articles has not the rows that it had",
        "the table looks has 0 rows, not 9",
    ]


def test_what_the_archive_lost_is_told_and_kept(place):
    place.back_up()
    pages, post = (place.kept.data_dir / c.warc_file for c in (place.kept.bridge, place.kept.post))
    pages.write_bytes(pages.read_bytes()[:-50])
    post.unlink()
    (place.kept.data_dir / PICTURE_PATH).unlink()
    done = place.back_up()

    assert {finding.file for finding in done.findings} == {
        place.kept.bridge.warc_file,
        place.kept.post.warc_file,
    }
    assert place.verify().findings == ()


def test_what_the_archive_lost_before_is_told_and_missing(place):
    (place.kept.data_dir / place.kept.post.warc_file).unlink()
    (place.kept.data_dir / PICTURE_PATH).write_bytes(PICTURE[:-1])
    done = place.back_up()

    assert [finding.file for finding in done.findings] == [place.kept.post.warc_file, PICTURE_PATH]
    assert not (place.to / PICTURE_PATH).exists()
    assert {file for file, _ in place.whats()} == {place.kept.post.warc_file, PICTURE_PATH}


def test_a_file_that_is_rewritten_is_not_followed(place, crawl_of):
    crawl = crawl_of(place.kept)
    path = place.kept.data_dir / crawl.store()
    place.back_up()
    copied = (place.to / path.relative_to(place.kept.data_dir)).read_bytes()
    crawl.store()
    crawl.finish()
    path.write_bytes(b"\0" + path.read_bytes()[1:])
    done = place.back_up()

    [finding] = done.findings
    assert "does not begin with the bytes that it had" in finding.what
    assert (place.to / finding.file).read_bytes() == copied


def test_a_damaged_file_of_the_backup_is_mended_when_it_is_removed(place):
    place.back_up()
    (place.to / place.kept.post.warc_file).unlink()
    (place.to / PICTURE_PATH).unlink()
    assert place.whats() != []

    assert place.back_up().files_copied == 2
    assert place.whats() == []


def test_so_many_generations_stay(place):
    names = [place.back_up(keep=2).generation.name for _ in range(4)]

    assert list_names(place.to) == names[2:]
    assert names[0] == "20261001T100001Z"


def test_many_backups_of_one_second_are_in_order(place):
    names = [back_up(place.config(), place.to, 4).generation.name for _ in range(12)]

    assert names[-1] == "20261001T100000Z-12"
    assert list_names(place.to) == names[-4:]
    assert find_latest(place.to).name == names[-1]


def test_two_backups_of_one_second_have_two_names(place):
    names = [back_up(place.config(), place.to, 7).generation.name for _ in range(3)]

    assert names == ["20261001T100000Z", "20261001T100000Z-2", "20261001T100000Z-3"]
    assert find_latest(place.to).name == names[2]


def test_a_second_backup_at_once_is_refused(place):
    with locked(place.to), pytest.raises(LeaseHeldError, match="another backup is at work"):
        place.back_up()


@pytest.mark.parametrize("inside", ["", "warc", "warc/copy", "media"])
def test_an_archive_is_not_backed_up_into_itself(place, inside):
    with pytest.raises(UsageError, match="part of the archive"):
        back_up(place.config(), place.kept.data_dir / inside, 7)


def test_a_disk_without_room_is_refused_before_anything_is_written(place, monkeypatch):
    usage = shutil.disk_usage(place.kept.data_dir)._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(TransferError, match=r"no room: .* bytes are needed, 1,048,576 are free"):
        place.back_up()

    assert list_names(place.to) == []


@pytest.mark.parametrize("limit_bytes", [1 << 16, 1 << 19])
def test_a_disk_that_fills_up_leaves_the_backup_before(place, limit_bytes, tmp_path, crawl_of):
    """A limit of this process stands for the disk: a tiny one the database meets, else the WARC."""
    first = place.back_up().generation.name
    crawl = crawl_of(place.kept)
    for _ in range(3):
        crawl.write()
    crawl.warc.write_exchange(
        replace(page(1, NOON, ""), body=os.urandom(1 << 20), document="page nos/1")
    )
    crawl.store()
    crawl.finish()
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_bytes},) * 2); "
    script = limit + "from newsarchive.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "backup", str(place.to)],
        env={
            **os.environ,
            "NEWSARCHIVE_DATABASE_URL": place.kept.url,
            "NEWSARCHIVE_DATA_DIR": str(place.kept.data_dir),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 6, done.stderr
    assert str(place.to) in done.stderr
    assert "Traceback" not in done.stderr
    assert list_names(place.to) == [first]
    assert place.verify().findings == ()
    assert place.back_up().findings == ()
    assert place.verify().findings == ()
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != limit_bytes


def test_a_lost_database_comes_back_beside_the_files_that_are_left(place):
    place.back_up()
    Path(place.kept.url.removeprefix("sqlite:///")).unlink()
    (place.kept.data_dir / place.kept.post.warc_file).unlink()
    done = restore(place.config(), place.to)

    assert done.files_copied == 1
    assert place.kept.verify().findings == ()


def test_an_archive_that_is_there_is_not_restored_over(place_on_each, tmp_path):
    place_on_each.back_up()
    with pytest.raises(StorageError, match="an archive already"):
        restore(place_on_each.config(data_dir=tmp_path / "other"), place_on_each.to)

    assert not (tmp_path / "other").exists()


def test_the_log_of_a_killed_crawl_is_not_taken_for_that_of_what_is_restored(place):
    place.back_up()
    database = Path(place.kept.url.removeprefix("sqlite:///"))
    log = database.with_name(f"{database.name}-wal")
    crawl = Crawl(place.kept)
    crawl.store()
    left = log.read_bytes()  # as it stays where nobody can close the database any more
    crawl.finish()
    database.rename(database.with_name("put-aside.db"))
    log.write_bytes(left)
    with pytest.raises(StorageError, match="-wal: this is left of another database"):
        restore(place.config(), place.to)

    log.rename(database.with_name("put-aside.db-wal"))
    restore(place.config(), place.to)
    assert place.kept.verify().damages == []


def test_another_file_in_the_place_of_one_is_left_alone(place, tmp_path):
    place.back_up()
    there = tmp_path / "other"
    stranger = there / place.kept.post.warc_file
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"iets anders")
    url = f"sqlite:///{there}/newsarchive.db"
    with pytest.raises(TransferError, match="another file is in this place"):
        restore(place.config(url, there), place.to)

    assert stranger.read_bytes() == b"iets anders"
    assert Archive.find_schema(url) is None


def test_what_is_sound_of_a_damaged_backup_is_restored(place, tmp_path):
    place.back_up()
    (place.to / place.kept.post.warc_file).unlink()
    (place.to / PICTURE_PATH).write_bytes(b"x")
    there = tmp_path / "other"
    url = f"sqlite:///{there}/newsarchive.db"
    done = restore(place.config(url, there), place.to)

    assert [finding.file for finding in done.findings] == [place.kept.post.warc_file, PICTURE_PATH]
    assert all_rows(url) == all_rows(place.kept.url)


def test_a_damaged_database_is_not_restored(place, tmp_path):
    folder = place.back_up().generation.folder
    raw = bytearray((folder / "newsarchive.db").read_bytes())
    raw[5000] ^= 1
    (folder / "newsarchive.db").write_bytes(raw)
    url = f"sqlite:///{tmp_path}/other/newsarchive.db"
    with pytest.raises(DamageFoundError, match="take another --generation"):
        restore(place.config(url, tmp_path / "other"), place.to)

    assert Archive.find_schema(url) is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param(None, "there is no backup here", id="nothing"),
        pytest.param("20200101T000000Z", "there is no backup here", id="a name"),
    ],
)
def test_where_there_is_no_backup_it_says_so(place, name, message):
    with pytest.raises(NotFoundError, match=message):
        place.verify(name)


def test_a_generation_that_nobody_made_is_named_with_those_there_are(place):
    place.back_up()
    with pytest.raises(NotFoundError, match="there are 20261001T100001Z"):
        place.verify("20200101T000000Z")


@pytest.mark.parametrize("manifest", [b"", b"{}", b'{"form": 9}', None])
def test_a_manifest_that_cannot_be_read_says_what_to_do(place, manifest):
    path = place.back_up().generation.folder / "manifest.json"
    path.unlink() if manifest is None else path.write_bytes(manifest)
    with pytest.raises(DamageFoundError, match="Remove its folder"):
        place.verify()


def test_a_backup_of_another_kind_of_database_is_refused(place):
    place.back_up()
    config = place.config("postgresql+psycopg://127.0.0.1:1/none")
    with pytest.raises(UsageError, match="a backup of sqlite"):
        verify_backup(config, place.to)
    with pytest.raises(UsageError, match="a backup of sqlite"):
        restore(config, place.to)
