"""The metrics as Prometheus' own client library reads them."""

from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from newsarchive.alarms import Alarm, AlarmKind, FeedFigures, Figures, JobFigures, SourceFigures
from newsarchive.metrics import render_metrics

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
FIGURES = Figures(
    AT,
    [
        FeedFigures("nos", "nosnieuwstech", last_polled_at=AT, interval_s=3600, overlap=0.5),
        FeedFigures("nos", "nooit", consecutive_failures=3),
    ],
    [SourceFigures("nos", last_outcome="finished", last_started_at=AT, pages_due=7)],
    [JobFigures("verify", "verify", AT, AT, 5)],
    free_bytes=12345678901,
)


def read(text):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_figure_is_read_as_it_is():
    alarm = Alarm(AlarmKind.DAMAGE, "verify", "…")
    found = read(render_metrics(FIGURES, {"articles": 3}, [alarm]))
    feed = (("feed", "nosnieuwstech"), ("source", "nos"))
    never = (("feed", "nooit"), ("source", "nos"))
    assert found == {
        ("newsarchive_rows", ("kind", "articles")): 3,
        ("newsarchive_disk_free_bytes",): 12345678901,
        ("newsarchive_alarm", ("kind", "damage"), ("subject", "verify")): 1,
        ("newsarchive_alarms",): 1,
        ("newsarchive_feed_last_poll_timestamp_seconds", *feed): AT.timestamp(),
        ("newsarchive_feed_failures", *feed): 0,
        ("newsarchive_feed_failures", *never): 3,
        ("newsarchive_feed_overlap_ratio", *feed): 0.5,
        ("newsarchive_feed_poll_interval_seconds", *feed): 3600,
        ("newsarchive_run_last_start_timestamp_seconds", ("source", "nos")): AT.timestamp(),
        ("newsarchive_run_last_outcome", ("outcome", "finished"), ("source", "nos")): 1,
        ("newsarchive_pages_due", ("source", "nos")): 7,
        ("newsarchive_job_last_start_timestamp_seconds", ("job", "verify")): AT.timestamp(),
        ("newsarchive_job_last_exit_code", ("job", "verify")): 5,
    }


def test_a_label_may_hold_anything():
    subject = 'een "naam"\\met\nalles'
    alarm = Alarm(AlarmKind.DAMAGE, subject, "…")
    found = read(render_metrics(Figures(AT), {}, [alarm]))
    assert ("newsarchive_alarm", ("kind", "damage"), ("subject", subject)) in found


def test_every_family_says_what_it_is():
    families = list(text_string_to_metric_families(render_metrics(FIGURES, {"articles": 3})))
    assert all(family.type == "gauge" and family.documentation for family in families)
