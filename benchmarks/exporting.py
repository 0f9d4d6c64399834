"""What exports cost: every format of a large archive beside one of a tenth of it.

    python benchmarks/exporting.py [--articles 100000] [--formats wacz …]

The archives are those of `large_archive.py`. Figures are of whole processes.
"""

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from processes import HERE, MEBIBYTE, Cost, Workshop
from table import Row, render

FORMATS = ("jsonl", "csv", "parquet", "bag", "wacz")
FLAT = 1.25
"""How much more memory ten times the articles may take and still be called flat."""


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="newsarchive-bench-", dir=chosen.folder) as folder:
        workshop = Workshop(Path(folder))
        sizes = (chosen.articles // 10, chosen.articles)
        archives = [make_archive(workshop, size) for size in sizes]
        print(render(measure(workshop, chosen.formats, archives, sizes)))


def measure(
    workshop: Workshop,
    formats: Iterable[str],
    archives: list[dict[str, str]],
    sizes: tuple[int, int],
) -> Iterator[Row]:
    """Yield a row for each format."""
    for form in formats:
        few, many = (export(workshop, form, settings) for settings in archives)
        grown = many.peak_bytes / few.peak_bytes
        yield Row(
            f"export {form} of {sizes[1]:,} articles, beside {sizes[0]:,}",
            told(many, sizes[1]),
            told(few, sizes[0]),
            f"memory {grown:.2f}",
            f"flat: at most {FLAT}",
            grown <= FLAT,
        )


def told(cost: Cost, articles: int) -> str:
    """Return a cost in one line."""
    peak = cost.peak_bytes / MEBIBYTE
    return f"{cost.cpu_s:.1f} s CPU, {peak:.0f} MiB, {articles / cost.cpu_s:,.0f} articles/s"


def export(workshop: Workshop, form: str, settings: dict[str, str]) -> Cost:
    """Export a whole archive; releases twice, which must give the same."""
    outs = [workshop.folder / f"out-{number}" for number in range(2)]
    program = (sys.executable, "-m", "newsarchive.cli", "export", form)
    costs = [workshop.run(*program, str(out), **settings) for out in outs]
    first, second = (_digest(out) for out in outs)
    assert first == second, form
    for out in outs:
        shutil.rmtree(out) if out.is_dir() else out.unlink()
    return min(costs, key=lambda cost: cost.cpu_s)


def _digest(out: Path) -> str:
    with (out / "tagmanifest-sha256.txt" if out.is_dir() else out).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def make_archive(workshop: Workshop, size: int) -> dict[str, str]:
    """Make an archive of so many articles; return the settings that mean it."""
    data_dir = workshop.folder / str(size)
    workshop.run(sys.executable, f"{HERE}/large_archive.py", data_dir, str(size))
    url = f"sqlite:///{data_dir / 'newsarchive.db'}"
    return {"NEWSARCHIVE_DATA_DIR": str(data_dir), "NEWSARCHIVE_DATABASE_URL": url}


if __name__ == "__main__":
    main()
