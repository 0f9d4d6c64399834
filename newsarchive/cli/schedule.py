"""`newsarchive schedule` and `alarms`: crawls and all else at their time, and who must look."""

import logging
import shlex
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from newsarchive.cli.arguments import json_option
from newsarchive.cli.output import minute, print_json
from newsarchive.cli.tables import print_table
from newsarchive.config import Config
from newsarchive.exceptions import ExitCode

if TYPE_CHECKING:
    from newsarchive.scheduler import Job
    from newsarchive.storage import Job as KnownJob

SELDOM = {"browse", "completion", "replica", "schedule", "serve"}
"""Commands that no job can be: they serve until they are stopped, or a person only."""

PAST = 10

ALARM_FACTS = ("kind", "subject", "message", "raised_at", "cleared_at", "told_at")


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end; for cron and timers.")
@click.option("--plan", "show_plan", is_flag=True, help="Show the plan, and do nothing.")
@json_option
def schedule(*, once: bool, show_plan: bool, as_json: bool) -> None:
    """Crawl for ever: each source when something of it is due, and other commands at their time.

    The plan is table [schedule] of newsarchive.toml: see docs/operations.md. Each job is a process
    of its own. On SIGTERM and Ctrl-C those at work are asked to end, and waited for.

    Exits 0; with --once as the first job did that did not end well, and 7 where all did but an
    alarm was raised.
    """
    from newsarchive.monitoring import look_around
    from newsarchive.processes import is_alive, this_process
    from newsarchive.scheduler import ChildProcesses, Scheduler
    from newsarchive.storage import Archive

    config = Config.load()
    plan = _load_plan(config)
    if show_plan or as_json:
        _show_plan(plan, config, as_json=as_json)
        return
    _log_to_stderr(config)
    Archive.open_or_create(config.database_url).close()
    stopped = threading.Event()

    def sleep(seconds: float) -> None:
        # A stop ends a sleep, but not those in which the jobs are waited for.
        (time.sleep if stopped.is_set() else stopped.wait)(seconds)

    def look(now: datetime, due: Mapping[str, datetime | None]) -> bool:
        return bool(look_around(config, now, due))

    scheduler = Scheduler(
        plan,
        config.database_url,
        clock=config.clock,
        sleep=sleep,
        runner=ChildProcesses(),
        is_alive=is_alive,
        owner=this_process(),
        look_around=look,
    )

    def stop(*_: object) -> None:
        scheduler.stop()
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    sys.exit(scheduler.run(once=once))


def _load_plan(config: Config) -> Sequence["Job"]:
    from newsarchive.cli import COMMANDS
    from newsarchive.processes import this_process
    from newsarchive.scheduler import read_plan
    from newsarchive.sources import known_sources

    sources = known_sources(config.source_tables, config.file)
    plan = read_plan(config.schedule_table, config.file, sources, COMMANDS.keys() - SELDOM)
    if config.redis_url is None:
        return plan
    # Hosts that share a crawl each have one of their own; any other job is done by one of them.
    host = this_process().host
    return [replace(job, name=f"{job.name} on {host}") if job.source else job for job in plan]


def _log_to_stderr(config: Config) -> None:
    from newsarchive.logs import write_as

    logging.basicConfig(format=write_as(config.log_format))
    logging.getLogger("newsarchive").setLevel(logging.INFO)


def _show_plan(plan: Sequence["Job"], config: Config, *, as_json: bool) -> None:
    from newsarchive.storage import Archive

    known = {}
    if Archive.find_schema(config.database_url) is not None:
        with Archive.read(config.database_url) as archive:
            known = {job.name: job for job in archive.watch.find_jobs()}
    if as_json:
        print_json([{**_facts(job), **_done(known.get(job.name))} for job in plan])
        return
    columns = ("job", "newsarchive …", "when", "last start", "last end", "exit code")
    print_table(columns, (_row(job, known.get(job.name)) for job in plan))


def _facts(job: "Job") -> dict[str, object]:
    return {
        "name": job.name,
        "command": shlex.join(job.command),
        "source": job.source,
        "every_s": round(job.every.total_seconds()),
        "at": f"{job.at:%H:%M}" if job.at else None,
    }


def _done(known: "KnownJob | None") -> dict[str, object]:
    facts = ("started_at", "finished_at", "exit_code")
    return {fact: getattr(known, fact, None) for fact in facts}


def _row(job: "Job", known: "KnownJob | None") -> tuple[object, ...]:
    return (
        job.name,
        shlex.join(job.command),
        _when(job),
        minute(known.started_at) if known else "never",
        minute(known.finished_at) if known else "",
        known.exit_code if known else "",
    )


def _when(job: "Job") -> str:
    if job.source is not None:
        return f"when something is due, {_told(job.every)} apart or more"
    at = f" at {job.at:%H:%M}" if job.at else ""
    return f"every {_told(job.every)}{at}"


def _told(duration: timedelta) -> str:
    for unit, size in (("d", timedelta(days=1)), ("h", timedelta(hours=1))):
        if duration % size == timedelta():
            return f"{duration // size} {unit}"
    return f"{duration // timedelta(minutes=1)} min"


@click.command()
@click.option("--past", is_flag=True, help=f"Those that are over, too: the last {PAST}.")
@json_option
def alarms(*, past: bool, as_json: bool) -> None:
    """Look at the archive's figures, and list the alarms that stand.

    Those that begin or end by that are noted, and posted to NEWSARCHIVE_ALARM_URL where it is
    set. Each is explained in docs/operations.md.

    Exits 0 where none stands, 7 where any does.
    """
    from newsarchive.monitoring import look_around
    from newsarchive.storage import Archive

    config = Config.load()
    logging.basicConfig(level=logging.ERROR)
    look_around(config, config.clock())
    with Archive.read(config.database_url) as archive:
        standing = archive.watch.find_alarms()
        over = archive.watch.find_past_alarms(PAST) if past else []
    if as_json:
        print_json([{fact: row[fact] for fact in ALARM_FACTS} for row in (*standing, *over)])
    elif standing or over:
        columns = ("alarm", "of", "since", "until", "what")
        print_table(
            columns,
            (
                (
                    row["kind"],
                    row["subject"],
                    minute(row["raised_at"]),
                    minute(row["cleared_at"]),
                    row["message"],
                )
                for row in (*standing, *over)
            ),
        )
    else:
        click.echo("No alarm stands.", err=True)
    sys.exit(int(ExitCode.SOMETHING_FAILED if standing else ExitCode.DONE))
