"""A world to schedule in: a clock that jumps, a publisher, a machine that sleeps and is killed."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from newsarchive.comparison.digest import content_digest
from newsarchive.config import Config
from newsarchive.feeds import polling
from newsarchive.items import Document, Poll
from newsarchive.model import Capture, Identity, Kind, Observation, Origin, Outcome, Validators
from newsarchive.monitoring import look_at
from newsarchive.scheduler import Job, Scheduler
from newsarchive.sources import get_source
from newsarchive.storage import Archive, NewRun, Owner

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = get_source("nos")
WINDOW = 8
"""Entries that a feed shows."""

OFFLINE = "no route to host"
HTML = "not a feed, but an HTML page titled 'Storing'"


class Killed(BaseException):
    """The process is killed: nothing of it is done any more."""


@dataclass(frozen=True)
class Span:
    """A stretch of time; `what` befalls in it, to one feed or to all."""

    began_at: datetime
    ended_at: datetime
    what: str
    feed: str | None = None

    def has(self, at):
        return self.began_at <= at < self.ended_at


@dataclass
class World:
    """Where the scheduler lives. Times are UTC."""

    url: str
    now: datetime
    feeds: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    kills: list[datetime] = field(default_factory=list)
    damage_at: datetime | None = None
    publications: dict[str, list[datetime]] = field(default_factory=dict)
    started: list[tuple[datetime, str]] = field(default_factory=list)
    good: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    bad: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    alive: set[str] = field(default_factory=set)
    crawling: int = 0
    most_at_once: int = 0
    processes: int = 0
    captures: int = 0
    looked_at: datetime | None = None
    at_the_end: tuple[datetime, object] = (datetime.max.replace(tzinfo=UTC), None)

    def __post_init__(self):
        self.archive = Archive.open(self.url)

    def clock(self):
        return self.now

    def pass_time(self, seconds):
        """Let time pass; a machine that is busy sleeps longer than it was told to."""
        until = self.now + max(timedelta(seconds=seconds), 30 * timedelta(seconds=1))
        for span in self.spans:
            if span.what == "suspended" and span.began_at <= until < span.ended_at:
                until = span.ended_at
                self.kills = [at for at in self.kills if not span.has(at)]
        if self.kills and self.kills[0] <= until:
            self.now = max(self.kills.pop(0), self.now)
            self.alive.clear()
            self.crawling = 0
            raise Killed
        self.now = until
        ends_at, stop = self.at_the_end
        if until >= ends_at:
            stop()

    def befalls(self, feed):
        """Return what befalls a feed now."""
        return {
            span.what for span in self.spans if span.has(self.now) and span.feed in {None, feed}
        }

    def new_owner(self):
        self.processes += 1
        owner = Owner("here", f"{self.processes}")
        self.alive.add(owner.process)
        return owner

    def is_alive(self, owner):
        return owner.process in self.alive

    def scheduler(self, plan, **more):
        config = Config(data_dir=self._folder(), database_url=self.url, clock=self.clock)
        return Scheduler(
            plan,
            self.url,
            clock=self.clock,
            sleep=self.pass_time,
            runner=self,
            is_alive=self.is_alive,
            owner=self.new_owner(),
            look_around=lambda now, due: self._look_around(config, now, due),
            longest_sleep=HOUR,
            **more,
        )

    def _look_around(self, config, now, due):
        """Look for alarms every three hours at the most: each look takes real time."""
        if self.looked_at is not None and now - self.looked_at < 3 * HOUR:
            return False
        self.looked_at = now
        return bool(look_at(self.archive, config, now, due))

    def _folder(self):
        from pathlib import Path

        return Path(self.url.removeprefix("sqlite:///")).parent

    # A runner.

    def start(self, job):
        self.started.append((self.now, job.name))
        if job.source is None:
            return Done(self, self.new_owner(), *self._do(job))
        return Crawl(self, self.new_owner(), self.now + 20 * timedelta(seconds=1))

    def _do(self, job):
        is_damaged = job.name == "verify" and self.damage_at and self.now >= self.damage_at
        if is_damaged:
            self.damage_at = None  # and somebody mends it
        return self.now + 10 * MINUTE, 5 if is_damaged else 0

    # A publisher.

    def shown(self, feed, at):
        """Return the numbers of the articles that a feed shows."""
        published = [n for n, moment in enumerate(self.publications[feed]) if moment <= at]
        return published[-WINDOW:]


class Done:
    """A job that simply takes its time."""

    def __init__(self, world, owner, ends_at, code):
        self.world, self.owner, self.ends_at, self.code = world, owner, ends_at, code

    def find_exit_code(self):
        if self.world.now < self.ends_at:
            return None
        self.world.alive.discard(self.owner.process)
        return self.code

    def stop(self):
        self.ends_at = self.world.now

    kill = stop


class Crawl:
    """A crawl by the archive's own functions: it asks what is due, and stores what it gets."""

    def __init__(self, world, owner, ends_at):
        self.world, self.owner, self.ends_at = world, owner, ends_at
        self.outcome = None
        world.crawling += 1
        world.most_at_once = max(world.most_at_once, world.crawling)
        hangs = "hangs" in world.befalls(None)
        run = NewRun("nos", "nos", {}, "0", world.now, "nos", owner)
        self.run_id = world.archive.begin_run(run, SOURCE, world.is_alive)
        if not hangs:
            self.outcome = self._poll(world.archive)
        if hangs:
            self.ends_at = datetime.max.replace(tzinfo=UTC)

    def _poll(self, archive):
        feeds = [feed for feed in SOURCE.feeds if feed.slug in self.world.feeds]
        answered = asked = failed = 0
        for state in archive.find_feed_states(feeds):
            if not polling.is_due(state.next_poll_at, self.world.now):
                continue
            asked += 1
            document = self._ask(state)
            failed += document.poll.error is not None
            answered += document.poll.error != OFFLINE
            archive.record_document(document, self.run_id)
        if asked and not answered:
            return Outcome.UNREACHABLE
        return Outcome.FAILED if failed else Outcome.FINISHED

    def _ask(self, state):
        world, slug = self.world, state.feed.slug
        befalls = world.befalls(slug)
        errors = {"offline": OFFLINE, "html": HTML, "broken": "HTTP 502: Bad Gateway"}
        error = next((errors[what] for what in errors if what in befalls), None)
        if error is not None:
            world.bad[slug].append(world.now)
            return Document("nos", poll=Poll(state, world.now, None, error=error))
        conditional = polling.is_conditional(state, full=False)
        shown = world.shown(slug, world.now)
        tag = Validators(f'"{shown[-1] if shown else 0}"')
        world.good[slug].append(world.now)
        if conditional and state.validators == tag:
            return Document("nos", poll=Poll(state, world.now, 304, conditional=True))
        world.captures += 1
        capture = Capture(
            slug, world.now, f"sha256:{world.captures}", "warc/x", world.captures, 9, status=200
        )
        poll = Poll(state, world.now, 200, tag, conditional=conditional)
        said = [_observation(slug, number, capture) for number in shown]
        return Document("nos", said, captures=[capture], poll=poll)

    def find_exit_code(self):
        world = self.world
        if world.now < self.ends_at:
            return None
        if self.outcome is not None:
            counters = {} if self.outcome is Outcome.FINISHED else {"documents_failed": 1}
            world.archive.finish_run(self.run_id, self.outcome, counters, self.ends_at)
        world.alive.discard(self.owner.process)
        world.crawling -= 1
        return {Outcome.FINISHED: 0, Outcome.FAILED: 7, Outcome.UNREACHABLE: 8}.get(self.outcome, 1)

    def stop(self):
        self.ends_at = min(self.ends_at, self.world.now)

    kill = stop


def _observation(slug, number, capture):
    external = f"{SOURCE.feeds.index(next(f for f in SOURCE.feeds if f.slug == slug))}{number:06d}"
    url = f"https://nos.nl/l/{external}"
    return Observation(
        Origin.FEED,
        capture.captured_at,
        "Titel",
        "<p>Tekst.</p>",
        guid=url,
        link=url,
        feed=slug,
        text="Tekst.",
        content_digest=content_digest("Titel", "<p>Tekst.</p>"),
        capture=capture,
        identity=Identity("nos", external, Kind.ARTICLE, url),
    )


def join_outages(told, good):
    """Return (from, to) of outages, those as one that a failed poll divides into kinds."""
    joined = []
    for began, ended in told:
        if joined and joined[-1][1] == began and began not in good:
            joined[-1] = (joined[-1][0], ended)
        else:
            joined.append((began, ended))
    return joined


PLAN = (
    Job("nos", ("crawl", "nos"), 5 * MINUTE, source="nos"),
    Job("verify", ("verify",), 7 * DAY, time(3, 30), patience=DAY),
    Job("backup", ("backup", "x"), DAY, time(4, 30), patience=DAY),
)

__all__ = ["DAY", "HOUR", "MINUTE", "PLAN", "WINDOW", "Killed", "Span", "World", "join_outages"]
