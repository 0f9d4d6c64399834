"""Do without Docker what the image does, in empty folders, from installing to a restored backup.

Run by continuous integration; needs a package index. What Docker would be sent is copied, installed
by the image's own script, and run by the image's own scripts, as somebody who knows no others.
"""

import fnmatch
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8")


def is_sent(path: str) -> bool:
    """Return whether Docker is sent a file: the last line of the list that means it decides."""
    sent = True
    for line in (ROOT / "docker/Dockerfile.dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!")
        if pattern.startswith("**/"):
            is_meant = pattern.removeprefix("**/") in path.split("/")
        else:
            is_meant = any(fnmatch.fnmatchcase(path, one) for one in (pattern, f"{pattern}/*"))
        if line and not line.startswith("#") and is_meant:
            sent = line.startswith("!")
    return sent


def copy_sent(source: Path) -> None:
    """Copy what Docker would be sent."""
    for folder, _, names in os.walk(ROOT):
        for name in names:
            path = Path(folder, name)
            relative = path.relative_to(ROOT).as_posix()
            if not relative.startswith(".") and is_sent(relative):
                (source / relative).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, source / relative)


class Container:
    """Runs the image's scripts with its settings and no others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": f"{folder}/installed/bin:/usr/bin:/bin",
            "NEWSARCHIVE_DATA_DIR": str(folder / "archive"),
            "NEWSARCHIVE_CONTACT": "test@newsarchive.example",
        }

    def run(self, script: str, *arguments: str, **more: str) -> None:
        """Run a script to its end; a failure of it is ours."""
        print("$", script, *arguments, flush=True)
        subprocess.run(
            [self.folder / "scripts" / script, *arguments],
            env={**self.environment, **more},
            cwd=self.folder,
            check=True,
        )

    @contextmanager
    def serve(self, *arguments: str) -> Iterator[str]:
        """Run a command that serves, for a while; give the address that it prints."""
        print("$ entrypoint.sh", *arguments, "&", flush=True)
        program = [self.folder / "scripts/entrypoint.sh", *arguments]
        with subprocess.Popen(
            program, env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process.stdout.readline().strip().rstrip("/")
            finally:
                process.terminate()


def main() -> None:
    with TemporaryDirectory(prefix="newsarchive-image-") as name:
        folder = Path(name)
        copy_sent(folder / "source")
        subprocess.run(
            [folder / "source/docker/install.sh", folder / "installed", *sys.argv[1:2]],
            env={**os.environ, "PYTHON": sys.executable},
            check=True,
        )
        shutil.copytree(folder / "source/docker", folder / "scripts")
        shutil.rmtree(folder / "source")
        use(Container(folder))


def use(container: Container) -> None:
    container.run("entrypoint.sh", "prepare")
    container.run("healthcheck.sh")
    with container.serve("replica", "--articles", "40") as base:
        container.run("healthcheck.sh", f"{base}/robots.txt")
        container.environment |= {"NEWSARCHIVE_FEEDS_URL": base, "NEWSARCHIVE_SITE_URL": base}
        container.run("entrypoint.sh", "crawl", *FAST)
    container.run("entrypoint.sh", "status")
    with container.serve("serve", "--port", "0") as pages:
        container.run("healthcheck.sh", f"{pages}/api/v1/categories")
    container.run("entrypoint.sh", "backup", "backup")
    container.run("entrypoint.sh", "backup", "--verify", "backup")
    elsewhere = str(container.folder / "restored")
    container.run("entrypoint.sh", "restore", "backup", NEWSARCHIVE_DATA_DIR=elsewhere)
    container.run("entrypoint.sh", "verify", NEWSARCHIVE_DATA_DIR=elsewhere)
    print("Installed, crawled, served, backed up and restored.")


if __name__ == "__main__":
    main()
