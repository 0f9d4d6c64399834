"""`newsarchive serve` as a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.parametrize("filled", ["sqlite"], indirect=True, scope="session")


def start(filled, *arguments: str) -> subprocess.Popen[str]:
    known = {"NEWSARCHIVE_DATABASE_URL": filled.url, "NEWSARCHIVE_DATA_DIR": str(filled.data_dir)}
    return subprocess.Popen(
        [sys.executable, "-m", "newsarchive.cli", "serve", *arguments],
        env=dict(os.environ) | known,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def server(filled) -> Iterator[subprocess.Popen[str]]:
    with start(filled, "--port", "0") as server:
        yield server
        server.kill()


def test_it_prints_its_address_answers_and_ends_at_once(server):
    address = server.stdout.readline().strip()

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
    with urllib.request.urlopen(f"{address}article/nos/2633001", timeout=20) as answer:
        assert "Brug bij Zutphen" in answer.read().decode()
        assert "server" not in answer.headers
    request = urllib.request.Request(address, headers={"Host": "attacker.example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=20)
    server.send_signal(signal.SIGINT)
    assert server.wait(20) == 0
    assert "Traceback" not in server.stderr.read()


def test_several_processes_answer_and_all_of_them_end(filled):
    with start(filled, "--port", "0", "--processes", "2") as server:
        address = server.stdout.readline().strip()
        for _ in range(8):
            with urllib.request.urlopen(f"{address}article/nos/2633001", timeout=20) as answer:
                assert "Brug bij Zutphen" in answer.read().decode()
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
        assert "Traceback" not in server.stderr.read()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=5)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--base-url", "archief.example"], "--base-url", id="an address that is none"),
        pytest.param(["--base-url", "https://a.example/b"], "--base-url", id="one with a path"),
        pytest.param(["--base-url", "https://["], "--base-url", id="one that is no URL"),
    ],
)
def test_what_cannot_be_served_is_said(filled, arguments, told):
    with start(filled, *arguments) as server:
        _, said = server.communicate(timeout=20)

    assert server.returncode == 2
    assert told in said


def test_a_port_that_is_taken_is_said(filled):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with start(filled, "--port", str(port)) as server:
            _, said = server.communicate(timeout=20)

    assert server.returncode == 2
    assert f"port {port}" in said
    assert "--port" in said
