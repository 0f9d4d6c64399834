"""A real Splash and a real Chromium, and a site with pages that only script finishes."""

import os
import shutil
import socket
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPLASH_VENV = Path(os.environ.get("SPLASH_VENV", "/opt/splash"))
LONG = "De dijk bij Kampen is klaar, en de boeren kunnen het land weer op. " * 8

# The language of each, and what it fetches of its own host.
FETCHES = {
    "old": """
        var question = new XMLHttpRequest();
        question.onload = function () {
          document.getElementById("content").innerHTML = question.responseText;
        };
        question.open("GET", "ADDRESS");
        question.send();""",
    "new": """
        const answer = await fetch("ADDRESS");
        const content = document.querySelector("#content");
        content?.insertAdjacentHTML("beforeend", await answer.text());""",
}


def shell(script, kind="text/javascript", more=""):
    return (
        '<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>Dijk</title></head>'
        f'<body><main id="content">{more}</main><script type="{kind}">{script}</script>'
        "</body></html>"
    )


def old(address="/body"):
    return shell(FETCHES["old"].replace("ADDRESS", address))


def new(address="/body"):
    return shell(FETCHES["new"].replace("ADDRESS", address), kind="module")


MORE = """
var button = document.getElementsByTagName("button")[0], part = 0;
button.onclick = function () {
  var question = new XMLHttpRequest();
  question.onload = function () {
    document.getElementById("list").insertAdjacentHTML("beforeend", question.responseText);
    if (part === 3) { button.parentNode.removeChild(button); }
  };
  part += 1;
  question.open("GET", "/part/" + part);
  question.send();
};"""

# Every way that is known by which a page asks for something; PORT is not the page's.
HOSTILE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Kwaad</title>
<link rel="preconnect" href="http://127.0.0.1:PORT/">
<link rel="dns-prefetch" href="//127.0.0.1:PORT/">
<link rel="prefetch" href="http://127.0.0.1:PORT/prefetch">
<link rel="preload" as="image" href="http://127.0.0.1:PORT/preload">
<link rel="icon" href="http://127.0.0.1:PORT/icon">
<link rel="stylesheet" href="http://127.0.0.1:PORT/css">
<style>body{background:url(http://127.0.0.1:PORT/bg)}
@font-face{font-family:f;src:url(http://127.0.0.1:PORT/font)}</style></head>
<body style="font-family:f">Tekst.<img src="http://127.0.0.1:PORT/img">
<iframe src="http://127.0.0.1:PORT/frame"></iframe><iframe src="/away"></iframe>
<video src="http://127.0.0.1:PORT/video" autoplay></video>
<object data="http://127.0.0.1:PORT/object"></object>
<a id="a" ping="http://127.0.0.1:PORT/ping" href="#x">a</a>
<form id="f" target="ff" method="post" action="http://127.0.0.1:PORT/form"><input name="a"></form>
<iframe name="ff"></iframe><script>
function attempt(way) { try { way(); } catch (error) { window.console.log(error); } }
attempt(function () {
  var x = new XMLHttpRequest(); x.open("GET", "http://127.0.0.1:PORT/xhr"); x.send(); });
attempt(function () { new WebSocket("ws://127.0.0.1:PORT/ws"); });
attempt(function () {
  var frame = document.createElement("iframe"); document.body.appendChild(frame);
  new frame.contentWindow.WebSocket("ws://127.0.0.1:PORT/ws-frame"); });
attempt(function () { new EventSource("http://127.0.0.1:PORT/es"); });
attempt(function () { new Worker(URL.createObjectURL(new Blob([
  "try { new WebSocket('ws://127.0.0.1:PORT/ws-worker') } catch (e) {};" +
  "var x = new XMLHttpRequest(); x.open('GET', 'http://127.0.0.1:PORT/worker'); x.send();"]))); });
attempt(function () { new SharedWorker(URL.createObjectURL(new Blob([
  "fetch('http://127.0.0.1:PORT/shared', {mode: 'no-cors'})"]))); });
attempt(function () { navigator.sendBeacon("http://127.0.0.1:PORT/beacon", "x"); });
attempt(function () { fetch("http://127.0.0.1:PORT/fetch", {mode: "no-cors"}); });
attempt(function () { fetch("http://127.0.0.1:PORT/alive", {mode: "no-cors", keepalive: true}); });
attempt(function () { navigator.serviceWorker.register("/service-worker.js"); });
attempt(function () {
  var peer = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:PORT"},
    {urls: "turn:127.0.0.1:PORT?transport=tcp", username: "a", credential: "b"}]});
  peer.createDataChannel("x");
  peer.createOffer().then(function (offer) { peer.setLocalDescription(offer); }); });
attempt(function () { new WebTransport("https://127.0.0.1:PORT/wt"); });
attempt(function () { window.open("http://127.0.0.1:PORT/popup"); });
attempt(function () { document.getElementById("a").click(); });
attempt(function () { document.getElementById("f").submit(); });
</script></body></html>"""


ROBOTS = "User-agent: *\nDisallow: /api\nAllow: /api/open$\nDisallow: /*/geheim\n"


class Listener:
    """A port that nobody is to reach, by TCP or UDP; `heard` has who did."""

    def __init__(self):
        self.heard = []
        self.tcp = socket.socket()
        self.tcp.bind(("127.0.0.1", 0))
        self.tcp.listen(50)
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        for listen in (self._accept, self._receive):
            threading.Thread(target=listen, daemon=True).start()

    def _accept(self):
        while True:
            connection, _ = self.tcp.accept()
            with connection:
                connection.settimeout(1)
                try:
                    self.heard.append(connection.recv(200))
                except OSError as error:
                    self.heard.append(repr(error))

    def _receive(self):
        while True:
            self.heard.append(self.udp.recvfrom(200)[0])


class Pages:
    """Serves `answers`: path → HTML, or (status, headers, body); None never answers."""

    def __init__(self, port):
        self.answers = {
            "/robots.txt": ROBOTS,
            "/body": f"<p>{LONG}</p>",
            "/old": old(),
            "/new": new(),
            "/gone": (404, {}, old()),
            "/moved": (302, {"Location": "/old"}, ""),
            "/away": (302, {"Location": f"http://127.0.0.1:{port}/away"}, ""),
            "/hostile": HOSTILE.replace("PORT", str(port)),
            "/service-worker.js": f"fetch('http://127.0.0.1:{port}/sw', {{mode: 'no-cors'}})",
            "/forbidden": old("/api/body") + old("/een/geheim").replace("<!DOCTYPE html>", ""),
            "/permitted": old("/api/open"),
            "/api/open": f"<p>{LONG}</p>",
            "/api/body": "<p>Verboden.</p>",
            "/een/geheim": "<p>Verboden.</p>",
            "/restless": shell("setInterval(function () { document.title += '.'; }, 50);"),
            "/greedy": shell(
                "setInterval(function () { var x = new XMLHttpRequest();"
                "x.open('GET', '/body?' + Math.random()); x.send(); }, 20);"
            ),
            "/waiting": shell("", more="<p>Even geduld.</p>") + '<script src="/never"></script>',
            "/never": None,
            "/huge": shell("document.body.innerHTML = new Array(400000).join('Dijk. ');"),
            "/latin": (
                200,
                {"Content-Type": "text/html; charset=iso-8859-1"},
                shell("document.getElementById('content').innerHTML = 'Één café';").encode(
                    "latin-1"
                ),
            ),
            "/more": shell(MORE, more='<ul id="list"></ul><button>Meer laden</button>'),
            **{f"/part/{n}": f"<li>Bericht {n}</li>" for n in (1, 2, 3)},
        }
        self.log = []
        self.done = threading.Event()
        pages = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                pages.log.append((self.path, dict(self.headers)))
                answer = pages.answers.get(self.path.partition("?")[0], (404, {}, ""))
                if answer is None:
                    self.close_connection = True
                    pages.done.wait(60)
                    return
                status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
                content = body if isinstance(body, bytes) else body.encode()
                kind = (
                    "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8"
                )
                self.send_response(status)
                for name, value in {"Content-Type": kind, **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # browsers hang up
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.done.set()
        self.server.shutdown()
        self.server.server_close()


class Splash:
    """A Splash of its own, on loopback, as `docker/splash/run.sh` runs it."""

    def __init__(self, **environment):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, **environment}
        self.start()

    def start(self):
        command = [ROOT / "docker" / "splash" / "run.sh", SPLASH_VENV, str(self.port)]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdout.readline().decode().strip() == self.url

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


@contextmanager
def own_splash(**environment):
    """Give a Splash that the test may kill."""
    if not (SPLASH_VENV / "bin" / "python").exists():
        pytest.skip(f"no Splash in {SPLASH_VENV}: docker/splash/install.sh makes one")
    splash = Splash(**environment)
    try:
        yield splash
    finally:
        splash.stop()


@pytest.fixture(scope="session")
def splash_url():
    """Give the address of a Splash that is there for the whole run of the tests."""
    if "SPLASH_URL" in os.environ:
        yield os.environ["SPLASH_URL"]
        return
    with own_splash() as splash:
        yield splash.url


@pytest.fixture(scope="session")
def chromium():
    if not shutil.which("chromium"):
        pytest.skip("no Chromium: no `chromium` on the path")
