"""What holds for both forms of a release: whole or not there, and never over another."""

from pathlib import os

import pytest

from newsarchive.exceptions import NotFoundError, TransferError
from newsarchive.exporters import RELEASES
from newsarchive.storage import Selection

every_form = pytest.mark.parametrize("form", RELEASES)


@every_form
def test_nothing_selected_is_nothing_released(kept, tmp_path, form):
    with pytest.raises(NotFoundError, match="no article is selected"):
        kept.release(form, tmp_path / "out", Selection(category="voetbal"))
    assert not list(tmp_path.glob("out*"))


@every_form
def test_what_is_there_already_is_left_alone(kept, tmp_path, form):
    (tmp_path / "out").write_text("van een ander")
    with pytest.raises(TransferError, match="out: is there already"):
        kept.release(form, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "van een ander"


@every_form
def test_folders_above_it_are_made(kept, tmp_path, form):
    kept.release(form, tmp_path / "new" / "deeper" / "out")
    assert (tmp_path / "new" / "deeper" / "out").exists()


@every_form
def test_a_place_that_cannot_be_written_is_named(kept, tmp_path, form):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TransferError, match=r"file/out.*cannot be written"):
        kept.release(form, tmp_path / "file" / "out")


@every_form
def test_an_interrupt_leaves_nothing(kept, tmp_path, form):
    def interrupt(_what, count):
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.release(form, tmp_path / "out", progress=interrupt)
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(
    ("form", "part"),
    [
        pytest.param("wacz", "out.part", id="a file"),
        pytest.param("bag", "out.part/data/revisions.jsonl.part", id="a file of a folder"),
    ],
)
def test_a_disk_that_fills_up_leaves_nothing(kept, tmp_path, form, part, monkeypatch):
    # /dev/full takes every open and fails every write with "No space left on device".
    opened = os.open

    def open_full(path, *more, **options):
        if path == tmp_path / part:
            path.symlink_to("/dev/full")
        return opened(path, *more, **options)

    monkeypatch.setattr(os, "open", open_full)
    with pytest.raises(TransferError, match="cannot be written: No space left"):
        kept.release(form, tmp_path / "out")
    assert not list(tmp_path.glob("out*"))
