"""Releases: a selection of the archive as one thing that can be passed on, checked and cited."""

from pathlib import Path

from newsarchive.exporters.about import About, Progress, Released
from newsarchive.exporters.bag import write_bag
from newsarchive.exporters.base import refuse_existing
from newsarchive.exporters.wacz import write_wacz
from newsarchive.storage import Archive, Selection


def release(
    archive: Archive,
    selection: Selection,
    format_name: str,
    out: Path,
    *,
    data_dir: Path,
    progress: Progress = lambda *_: None,
) -> Released:
    """Write `selection`, as it is now, to the new file or folder `out`.

    `format_name` is `wacz`, a file of recorded bytes, which are below `data_dir`; or `bag`, a
    folder of tables. Whatever a crawl stores meanwhile is not in it. Raises NotFoundError for an
    empty selection, and TransferError where `out` is there already, cannot be written, or needs
    a record that cannot be read.
    """
    refuse_existing(out)
    with archive.releases.snapshot(selection) as snapshot:
        about = About.of(snapshot)
        if format_name == "wacz":
            return write_wacz(snapshot, about, data_dir, out, progress)
        return write_bag(snapshot, about, out, progress)
