"""A scripted site, and the public command run against it in a process of its own."""

import os
import subprocess
import sys
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsarchive.storage import Archive

ROOT = Path(__file__).parents[2]
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8", "-s", "RETRY_TIMES=0")
FEEDS_ONLY = ("-a", "pages=none")


def item(
    number=2280103, title="Dijk bij Kampen versterkt", body="<p>De dijk is klaar.</p>", **more
):
    """Return one item in the form of 2026."""
    guid = more.get("guid", f"https://nos.nl/l/{number}")
    return (
        f"<item><title><![CDATA[{title}]]></title><link>{more.get('link', guid)}</link>"
        f"<description><![CDATA[{body}]]></description>"
        "<pubDate>Thu, 1 Oct 2026 12:52:42 +0200</pubDate>"
        f'<guid isPermaLink="true">{guid}</guid></item>'
    )


def feed(*items):
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>NOS</title>'
    return (head + "".join(items) + "</channel></rss>").encode()


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Say nothing: a killed crawl hangs up in the middle."""


class Site:
    """Serves `answers`: path → (status, headers, body), or bytes for a 200 with an ETag."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.answers = {"/robots.txt": (200, {}, b"User-agent: *\nAllow: /\n")}
        self.log: list[tuple[str, int, dict]] = []
        self.answered = threading.Condition()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                answer = site.answers.get(self.path, (404, {}, b"not found"))
                if isinstance(answer, bytes):
                    etag = f'"{sha256(answer).hexdigest()[:12]}"'
                    known = self.headers.get("If-None-Match") == etag
                    answer = (304 if known else 200, {"ETag": etag}, b"" if known else answer)
                status, headers, body = answer
                site.log.append((self.path, status, dict(self.headers)))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                with site.answered:
                    site.answered.notify_all()

            def log_message(self, *_):
                pass

        self.server = QuietServer((host, 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def asked(self, path=None):
        """Return (path, status) of each request but those for robots.txt."""
        return [(p, s) for p, s, _ in self.log if p != "/robots.txt" and path in {None, p}]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Crawler:
    """Runs `newsarchive` as a person would, on one archive and one site."""

    def __init__(self, url: str, data_dir: Path, base: str) -> None:
        self.url, self.data_dir = url, data_dir
        self.environment = {
            **os.environ,
            "NEWSARCHIVE_DATABASE_URL": url,
            "NEWSARCHIVE_DATA_DIR": str(data_dir),
            "NEWSARCHIVE_FEEDS_URL": base,
            "NEWSARCHIVE_SITE_URL": base,
            "NEWSARCHIVE_CONTACT": "test@newsarchive.example",
        }

    def run(self, *arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "newsarchive.cli", *arguments],
            env={**self.environment, **environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments, stderr=subprocess.DEVNULL):
        """Start a crawl and return its process at once."""
        return self.launch("crawl", *FAST, *FEEDS_ONLY, *arguments, stderr=stderr)

    def launch(self, *arguments, stderr=subprocess.DEVNULL):
        """Start a command and return its process at once."""
        return subprocess.Popen(
            [sys.executable, "-m", "newsarchive.cli", *arguments],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
            process_group=0,  # its own, as a shell gives each command
        )

    def crawl(self, categories="buitenland", *more, **environment):
        named = ("-a", f"categories={categories}") if categories else ()
        return self.run("crawl", *FAST, *FEEDS_ONLY, *named, *more, **environment)

    def rows(self, statement):
        with Archive.read(self.url) as archive, archive.query(statement) as (_, rows):
            return [tuple(row) for row in rows]


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture
def crawler(new_sqlite, tmp_path, site):
    return Crawler(new_sqlite(), tmp_path / "data", site.base)


@pytest.fixture
def crawler_on_each(database_url, tmp_path, site):
    return Crawler(database_url, tmp_path / "data", site.base)
