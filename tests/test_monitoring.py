"""Alarms that are noted, told to a receiver, and told again where it did not hear."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from newsarchive.config import Config
from newsarchive.items import Document, Poll
from newsarchive.monitoring import leave_metrics, look_around
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
HTML = "not a feed, but an HTML page titled 'Storing'"


class Receiver:
    """Hears what is posted, and answers with `status`."""

    def __init__(self):
        self.heard, self.status = [], 204
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                said = json.loads(self.rfile.read(length))
                if receiver.status < 300:
                    receiver.heard.append(said)
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alarm"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def told(self):
        return [(one["state"], one["kind"], one["subject"]) for one in self.heard]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def config(database_url, tmp_path, receiver):
    return Config(
        data_dir=tmp_path,
        database_url=database_url,
        alarm_url=receiver.url,
        metrics_file=tmp_path / "newsarchive.prom",
        clock=lambda: NOW,
    )


def poll(config, hours, error=None):
    at = NOW + timedelta(hours=hours)
    with Archive.open(config.database_url) as archive:
        source = get_source("nos")
        run = NewRun("nos", "nos", {}, "0", at, "nos", Owner("here", "1:1"))
        run_id = archive.begin_run(run, source, lambda _: False)
        [state] = archive.find_feed_states(source.feeds[:1])
        document = Document("nos", poll=Poll(state, at, 200, error=error))
        archive.record_document(document, run_id)


def look(config, hours=0.0):
    return look_around(config, NOW + timedelta(hours=hours))


def test_an_alarm_is_told_once_when_it_begins_and_once_when_it_ends(config, receiver, caplog):
    caplog.set_level("INFO")
    poll(config, 0, HTML)
    assert [alarm.kind for alarm in look(config)] == ["html for feed"]
    assert look(config, 0.1) == []
    poll(config, 1)
    assert look(config, 1) == []
    look(config, 1.1)
    subject = "nos/nosnieuwsbinnenland"
    assert receiver.told() == [
        ("raised", "html for feed", subject),
        ("cleared", "html for feed", subject),
    ]
    first = receiver.heard[0]
    assert first["message"] == HTML
    assert first["at"] == "2026-10-01T12:00:00+00:00"
    assert first["text"] == f"newsarchive: html for feed {subject}: {HTML}"
    assert "://" in first["archive"]
    logged = [record.levelname for record in caplog.records if "Alarm" in record.message]
    assert logged == ["WARNING", "INFO"]


def test_what_the_receiver_did_not_hear_is_told_the_next_time(config, receiver, caplog):
    poll(config, 0, HTML)
    receiver.status = 500
    look(config)
    assert "could not be told" in caplog.text
    receiver.status = 204
    look(config, 0.1)
    look(config, 0.2)
    assert [state for state, *_ in receiver.told()] == ["raised"]


def test_without_a_receiver_it_is_noted_all_the_same(config):
    from dataclasses import replace

    poll(config, 0, HTML)
    look(replace(config, alarm_url="http://127.0.0.1:9/nobody"))
    with Archive.read(config.database_url) as archive:
        [standing] = archive.watch.find_alarms()
    assert (standing["raised_at"], standing["told_at"]) == (NOW, None)


def test_an_alarm_that_comes_back_is_another_row(config):
    for hour in range(4):
        poll(config, hour, HTML if hour % 2 == 0 else None)
        look(config, hour)
    with Archive.read(config.database_url) as archive:
        assert archive.watch.find_alarms() == []
        assert len(archive.watch.find_past_alarms(10)) == 2


def test_metrics_are_written_beside_and_renamed(config):
    poll(config, 0, HTML)
    look(config)
    file = config.metrics_file
    text = file.read_text("utf-8")
    assert 'newsarchive_alarm{kind="html for feed"' in text
    assert list(file.parent.glob("*.tmp")) == []
    file.unlink()
    leave_metrics(config)
    # A crawl that ends writes the same, but looks for no alarm.
    assert file.read_text("utf-8").partition("disk_free")[0] == text.partition("disk_free")[0]


def test_a_file_that_cannot_be_written_harms_nobody(config, caplog):
    config.metrics_file.mkdir()
    leave_metrics(config)
    assert "no metrics were written" in caplog.text
