"""Media files on the disk."""

from hashlib import sha256

import pytest

from newsarchive.media import find_digest, list_media, media_folders, write_media
from newsarchive.pictures.content import file_path

CONTENT = b"beeld" * 1000
DIGEST = f"sha256:{sha256(CONTENT).hexdigest()}"
PATH = file_path(DIGEST, "image/jpeg")


def test_a_file_stands_under_its_digest_and_nothing_beside_it(tmp_path):
    write_media(tmp_path, PATH, CONTENT)
    assert find_digest(tmp_path / PATH) == DIGEST
    [folder] = media_folders(tmp_path)
    assert list_media(tmp_path, folder) == {PATH}


def test_a_file_that_is_there_is_left_alone(tmp_path):
    write_media(tmp_path, PATH, CONTENT)
    before = (tmp_path / PATH).stat()
    write_media(tmp_path, PATH, CONTENT)
    assert (tmp_path / PATH).stat().st_ino == before.st_ino


def test_a_damaged_file_is_written_anew(tmp_path):
    write_media(tmp_path, PATH, CONTENT)
    (tmp_path / PATH).write_bytes(CONTENT[:-1] + b"x")
    write_media(tmp_path, PATH, CONTENT)
    assert find_digest(tmp_path / PATH) == DIGEST


def test_where_the_disk_fails_nothing_is_left_beside(tmp_path, monkeypatch):
    def refuse(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("newsarchive.media.os.fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_media(tmp_path, PATH, CONTENT)
    [folder] = media_folders(tmp_path)
    assert list_media(tmp_path, folder) == set()


def test_what_a_killed_process_left_beside_goes_when_the_file_comes(tmp_path):
    left = (tmp_path / PATH).with_name(f".{(tmp_path / PATH).name}.4711")
    left.parent.mkdir(parents=True)
    left.write_bytes(CONTENT[:10])
    write_media(tmp_path, PATH, CONTENT)
    assert list_media(tmp_path, "/".join(PATH.split("/")[:2])) == {PATH}
