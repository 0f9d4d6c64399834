"""`newsarchive replica`: the bundled NOS as a process of its own."""

import signal
from pathlib import Path
from threading import Event

import click

EXAMPLES = """\
\b
Examples:
  newsarchive replica --port 8000 --articles 500
  export NEWSARCHIVE_FEEDS_URL=http://127.0.0.1:8000 NEWSARCHIVE_SITE_URL=http://127.0.0.1:8000
  scrapy crawl nos
  curl -X POST http://127.0.0.1:8000/replica/step    next step of the scenario
  curl http://127.0.0.1:8000/replica/state           where it stands
  newsarchive replica --misbehave 500=nosnieuwstech --misbehave slow=nosvoetbal
  newsarchive replica --misbehave stall=/image/      pictures whose path begins so
  newsarchive replica --recorded feeds/              feeds/nosnieuwsalgemeen.xml …
"""


@click.command("replica", epilog=EXAMPLES)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0, the default: any free.")
@click.option(
    "--articles",
    type=click.IntRange(0, 500_000),
    help="How many were published before it starts; default: 200, of 'month' 12.",
)
@click.option(
    "--scenario",
    default="day",
    show_default=True,
    help="What changes at each step: 'day' (publish, edit, undo, recategorise …), 'month' (edits, "
    "withdrawals, walls, outages, a liveblog: see where it stands for the time) or 'quiet'.",
)
@click.option(
    "--era",
    default="2026",
    show_default=True,
    help="Form of the feeds: '2026', '2019' (FeedBurner's) or 'both' (they take turns).",
)
@click.option(
    "--page-era",
    default="mixed",
    show_default=True,
    help="Form of the pages: '2017', '2020', '2024', '2026', 'mixed' (articles take turns) or "
    "'script' (likewise, but those of 2017 and 2020 get their body by script).",
)
@click.option(
    "--page-size",
    type=click.IntRange(0, 10_000_000),
    default=0,
    help="Bytes of a page, about, where its own are fewer; real ones have some 185,000.",
)
@click.option(
    "--window",
    type=click.IntRange(min=1),
    help="Most entries in a feed; default: 20, or as many as it takes to show every article.",
)
@click.option(
    "--feeds", type=click.IntRange(min=1), help="Only the first so many feeds get articles."
)
@click.option("--seed", default=1, show_default=True, help="Another seed, other articles.")
@click.option(
    "--recorded",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Serve the documents <slug>.xml of this folder as they are, and nothing else.",
)
@click.option(
    "--misbehave",
    "misbehaviours",
    multiple=True,
    metavar="NAME[=FEED]",
    help="Answer as a server on a bad day, for a FEED or for pictures whose path begins so; "
    "repeatable. A wrong NAME lists them all.",
)
def replica(
    *,
    host: str,
    port: int,
    articles: int | None,
    scenario: str,
    era: str,
    page_era: str,
    page_size: int,
    window: int | None,
    feeds: int | None,
    seed: int,
    recorded: Path | None,
    misbehaviours: tuple[str, ...],
) -> None:
    """Serve a small NOS of our own, until it is interrupted.

    Its base URL is printed on standard output as soon as it answers. The news is invented, and
    the same for the same seed.
    """
    from newsarchive.replica import Replica

    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    site = Replica(
        articles,
        scenario=scenario,
        era=era,
        page_era=page_era,
        page_size=page_size,
        recorded=recorded,
        host=host,
        port=port,
        seed=seed,
        feeds=feeds,
        window=window,
    )
    for misbehaviour in misbehaviours:
        name, _, feed = misbehaviour.partition("=")
        site.misbehaviour.begin(name, feed or None)
    with site:
        click.echo(site.base)
        click.echo("The replica of NOS is ready. Ctrl-C ends it.", err=True)
        stopped.wait()
    click.echo(f"Answered {len(site.requests)} requests.", err=True)
