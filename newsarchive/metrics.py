"""Figures of an archive as Prometheus reads them: its text format, version 0.0.4.

Pure; a web page serves the text, and a run that ends leaves it in a file for node_exporter's
textfile collector.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from newsarchive.alarms import Alarm, FeedFigures, Figures, JobFigures, SourceFigures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float | None]


@dataclass(frozen=True, slots=True)
class _Gauge:
    """One name, what it means, and its values by labels; None is left out."""

    name: str
    meaning: str
    samples: Iterable[Sample]


def render_metrics(
    figures: Figures, counts: Mapping[str, int], standing: Iterable[Alarm] = ()
) -> str:
    """Return `figures`, the archive's `counts` of rows and the `standing` alarms as text."""
    lines: list[str] = []
    for gauge in _gauges(figures, counts, standing):
        name = f"newsarchive_{gauge.name}"
        values = [(labels, value) for labels, value in gauge.samples if value is not None]
        if values:
            lines += [f"# HELP {name} {gauge.meaning}", f"# TYPE {name} gauge"]
            lines += [f"{name}{_labels(labels)} {float(value)!r}" for labels, value in values]
    return "".join(f"{line}\n" for line in lines)


def _gauges(
    figures: Figures, counts: Mapping[str, int], standing: Iterable[Alarm]
) -> Iterator[_Gauge]:
    yield _Gauge("rows", "Rows of each kind.", (({"kind": k}, n) for k, n in counts.items()))
    yield _Gauge("disk_free_bytes", "Room where the archive is.", [({}, figures.free_bytes)])
    alarms = [({"kind": one.kind, "subject": one.subject}, 1) for one in standing]
    yield _Gauge("alarm", "1 for each alarm that stands.", alarms)
    yield _Gauge("alarms", "How many alarms stand.", [({}, len(alarms))])
    yield from _of_feeds(figures.feeds)
    yield from _of_sources(figures.sources)
    yield from _of_jobs(figures.jobs)


def _of_feeds(feeds: Iterable[FeedFigures]) -> Iterator[_Gauge]:
    named = [({"source": feed.source, "feed": feed.slug}, feed) for feed in feeds]
    yield _Gauge(
        "feed_last_poll_timestamp_seconds",
        "When the feed was asked last.",
        [(labels, _seconds(feed.last_polled_at)) for labels, feed in named],
    )
    yield _Gauge(
        "feed_last_success_timestamp_seconds",
        "When it last answered well.",
        [(labels, _seconds(feed.last_success_at)) for labels, feed in named],
    )
    yield _Gauge(
        "feed_last_change_timestamp_seconds",
        "When it last said anything new.",
        [(labels, _seconds(feed.last_changed_at)) for labels, feed in named],
    )
    yield _Gauge(
        "feed_failures",
        "Failures in a row.",
        [(labels, feed.consecutive_failures) for labels, feed in named],
    )
    yield _Gauge(
        "feed_overlap_ratio",
        "Share of its last poll that was known before.",
        [(labels, feed.overlap) for labels, feed in named],
    )
    yield _Gauge(
        "feed_poll_interval_seconds",
        "Planned time between two polls.",
        [(labels, feed.interval_s) for labels, feed in named],
    )


def _of_sources(sources: Iterable[SourceFigures]) -> Iterator[_Gauge]:
    named = [({"source": source.name}, source) for source in sources]
    yield _Gauge(
        "run_last_start_timestamp_seconds",
        "When the last crawl run that ended began.",
        [(labels, _seconds(source.last_started_at)) for labels, source in named],
    )
    yield _Gauge(
        "run_last_outcome",
        "1 for the outcome of that run.",
        [({**labels, "outcome": s.last_outcome}, 1) for labels, s in named if s.last_outcome],
    )
    yield _Gauge(
        "pages_due",
        "Pages whose time to be looked at has come.",
        [(labels, source.pages_due) for labels, source in named],
    )


def _of_jobs(jobs: Iterable[JobFigures]) -> Iterator[_Gauge]:
    named = [({"job": job.name}, job) for job in jobs]
    yield _Gauge(
        "job_last_start_timestamp_seconds",
        "When the job of the schedule began last.",
        [(labels, _seconds(job.started_at)) for labels, job in named],
    )
    yield _Gauge(
        "job_last_exit_code",
        "How it ended.",
        [(labels, job.exit_code) for labels, job in named],
    )


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
