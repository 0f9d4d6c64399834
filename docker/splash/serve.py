"""Start Splash 3.5 on today's Python, and shut what it leaves open; no file of Splash is changed.

To run at all:

1. Python 3.9 took `json.loads(..., encoding=...)` away; Splash passes it for every JSON body.
2. Python 3.10 took the silent float -> int conversion away that PyQt5 leant on: `splash:wait(0.5)`
   ends in `QTimer.start(500.0)`, a mouse click in `QPoint(1.5, 2.0)`.

To be no door into the network that it runs in:

3. QtWebKit's web sockets do not pass Splash's network manager, where the rules of a script are
   applied. They are taken from every frame before its first script, and with them the workers,
   which have web sockets of their own.
4. Splash takes any certificate. Here a wrong one fails the request.
5. A script without end stops all of Splash, its own clock too. A thread that needs nothing of it
   then ends the process, and `run.sh` starts another.
"""

import faulthandler
import json
import os
import sys
import types

os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # it does not start as root otherwise
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no X server is wanted

from PyQt5 import QtCore

HANGS_S = int(os.environ.get("SPLASH_HANGS_S", "20"))
SHUT = """
["WebSocket", "Worker", "SharedWorker"].forEach(function (name) {
  Object.defineProperty(window, name, {value: undefined});
});
"""


class QTimer(QtCore.QTimer):
    """A timer that takes a float."""

    def start(self, *args):
        """Start it, to go off after so many milliseconds."""
        return super().start(*map(int, args))


class QPoint(QtCore.QPoint):
    """A point that takes floats."""

    def __init__(self, *args):
        super().__init__(*(round(a) if isinstance(a, float) else a for a in args))


QtCore.QTimer = QTimer
QtCore.QPoint = QPoint

from splash import network_manager, render_options, server  # noqa: E402 - take both by name
from splash.engines.webkit.webpage import WebkitWebPage  # noqa: E402 - likewise


def loads(text, *args, encoding=None, **more):  # noqa: ARG001 - what Splash passes
    """Return what the JSON `text` says."""
    return json.loads(text, *args, **more)


def open_page(page, *args, _init=WebkitWebPage.__init__, **kwargs):
    """Open a page, from each of whose frames is taken what goes past the rules."""

    def shut(frame):
        frame.javaScriptWindowObjectCleared.connect(lambda: frame.evaluateJavaScript(SHUT))
        page.shut_frames.append(frame)  # with its wrapper, Python would forget the connection

    _init(page, *args, **kwargs)
    page.shut_frames = []
    page.frameCreated.connect(shut)
    shut(page.mainFrame())


def keep_watch(max_rss, _before=server.monitor_maxrss):
    """End the process when its event loop has stood still for HANGS_S seconds."""
    from twisted.internet import task  # noqa: PLC0415 - there is a reactor only now

    _before(max_rss)
    sign_of_life = task.LoopingCall(
        faulthandler.dump_traceback_later, HANGS_S, exit=True, file=sys.__stderr__
    )
    sign_of_life.start(1)


render_options.json = types.ModuleType("json")
render_options.json.__dict__.update(json.__dict__, loads=loads)
WebkitWebPage.__init__ = open_page
server.monitor_maxrss = keep_watch
network_manager.ProxiedQNetworkAccessManager._on_ssl_errors = lambda *_: None  # noqa: SLF001 - which ignores them

if __name__ == "__main__":
    sys.argv[0] = "splash"
    server.main()
