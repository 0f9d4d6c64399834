"""The documents are compared with the code: what they name exists, and what exists they name."""

import inspect
import re
import shlex
import sqlite3
from contextlib import closing
from itertools import takewhile
from pathlib import Path

import click
import pytest

from newsarchive import settings
from newsarchive.cli import COMMANDS, commands
from newsarchive.config import RENDERERS, VARIABLES, Config
from newsarchive.exceptions import ExitCode
from newsarchive.model import LookOutcome, Outcome, Stage
from newsarchive.reconciliation import Agreement
from newsarchive.rows import FIELDS
from newsarchive.sources import get_source
from newsarchive.spiders.nos import NosSpider
from newsarchive.storage import documents, schema, views

from .conftest import DOCUMENTS, ROOT, blocks, named, prose, read, rows, section

COMPONENTS = {
    "Downloader middlewares": settings.DOWNLOADER_MIDDLEWARES,
    "Item pipelines": settings.ITEM_PIPELINES,
    "Extensions": settings.EXTENSIONS,
}
NOT_CHOSEN = {
    "BOT_NAME",
    "SPIDER_MODULES",
    "DOWNLOADER_MIDDLEWARES",
    "DOWNLOADER_MIDDLEWARES_BASE",
    "EXTENSIONS",
    "EXTENSIONS_BASE",
    "ITEM_PIPELINES",
    "SPIDER_MIDDLEWARES_BASE",
}
SET_BY_COMMANDS = {"NEWSARCHIVE_DRY_RUN", "NEWSARCHIVE_PROGRESS", "NEWSARCHIVE_TRIED_URL"}
"""Settings by which a command tells a crawl what it is; nobody else gives them."""

SHELL_ENDS = {"|", "||", "&&", ";"}

each_document = pytest.mark.parametrize(
    "document", [pytest.param(path, id=path.name) for path in DOCUMENTS]
)


def table(document: str, heading: str) -> dict[str, list[str]]:
    """Return the rows of a section's table, without the names of columns, by their first cell."""
    _, *found = rows(section(read(document), heading))
    return {cells[0].strip("`"): cells[1:] for cells in found}


def test_every_variable_has_its_meaning():
    shown = table("docs/settings.md", "Variables")

    assert {name: cells[0] for name, cells in shown.items()} == VARIABLES


def test_every_name_in_the_code_is_a_variable():
    sources = (file.read_text("utf-8") for file in (ROOT / "newsarchive").rglob("*.py"))
    names = {name for source in sources for name in re.findall(r"\bNEWSARCHIVE_[A-Z_]+\b", source)}

    assert names - SET_BY_COMMANDS == set(VARIABLES)


def test_the_toml_file_is_one_that_can_be_read(tmp_path):
    [example] = (b.text for b in blocks(read("docs/settings.md")) if b.language == "toml")
    file = tmp_path / "newsarchive.toml"
    file.write_text(example, encoding="utf-8")
    config = Config.load(environ={}, file=file)

    assert config.database_url == "postgresql+psycopg://localhost/newsarchive"
    assert config.data_dir == Path("/srv/newsarchive")
    assert config.contact == "you@example.org"


def test_every_spider_argument_has_its_default():
    parameters = inspect.signature(NosSpider.__init__).parameters.values()
    known = {p.name: p.default for p in parameters if p.default is not p.empty}
    shown = table("docs/settings.md", "Spider arguments")

    assert {name: cells[0].strip("`") or None for name, cells in shown.items()} == known


def test_the_categories_are_those_of_the_catalogue():
    text = section(read("docs/settings.md"), "Spider arguments")
    shown = text.partition("in the order of the catalogue:")[2].partition("\n\n")[0]

    assert named(shown) == list(get_source("nos").categories)


def test_every_setting_of_ours_has_its_value():
    ours = {name: repr(getattr(settings, name)) for name in dir(settings) if name.isupper()}
    shown = table("docs/settings.md", "Scrapy's settings")

    assert {name: cells[0].strip("`") for name, cells in shown.items()} == {
        name: value for name, value in ours.items() if name not in NOT_CHOSEN
    }


@pytest.mark.parametrize("heading", COMPONENTS)
def test_every_component_is_walked_in_its_order(heading):
    headings = re.findall(
        r"^### (\d+) (\S+)$", section(read("docs/pipelines.md"), heading), re.MULTILINE
    )
    installed = {path: place for path, place in COMPONENTS[heading].items() if place is not None}

    assert [(path, int(place)) for place, path in headings] == sorted(
        installed.items(), key=lambda one: one[1]
    )


def test_the_road_is_drawn_in_order():
    [road, *_] = (block.text for block in blocks(read("docs/pipelines.md")))
    around = (COMPONENTS["Downloader middlewares"], COMPONENTS["Item pipelines"])
    before, after = (
        [path.rpartition(".")[2].lower() for path in components if components[path] is not None]
        for components in around
    )

    assert road.strip().split(" → ") == [*before, "spider", *after]


def test_every_counter_is_explained():
    written = re.compile(r"""(?:inc_value\(f?"newsarchive/|PREFIX \+ "|_?count\(")(\w+)""")
    parts = ("spiders", "pipelines", "middlewares", "extensions")
    sources = (file for part in parts for file in (ROOT / "newsarchive" / part).glob("*.py"))
    counted = {name for file in sources for name in written.findall(file.read_text("utf-8"))}
    counted |= {f"texts_{agreement.replace(' ', '_')}" for agreement in Agreement}
    counted |= {f"pages_{outcome.replace(' ', '_')}" for outcome in LookOutcome}
    counted |= {f"pages_rendered_{name}" for name in RENDERERS}
    counted |= set(named(inspect.getdoc(documents.record_document).partition("Counted")[2]))
    sentences = re.findall(r"\bCounts ((?:[^.]|\.\S)*)\.\s", prose(read("docs/pipelines.md")))

    assert {name for sentence in sentences for name in named(sentence)} == counted


def test_every_field_of_a_row_is_explained():
    shown = table("docs/operations.md", "Tables, in and out")

    assert {field: tuple(named(cells[0])) for field, cells in shown.items()} == FIELDS


def test_every_exit_code_and_outcome_is_explained():
    codes = table("docs/operations.md", "Exit codes")
    outcomes = table("docs/operations.md", "Looking after it")

    assert [int(code) for code in codes] == list(ExitCode)
    assert list(outcomes) == list(Outcome)


def test_every_stage_that_can_fail_is_named():
    sources = (ROOT / "newsarchive").rglob("*.py")
    used = {
        name for file in sources for name in re.findall(r"Stage\.(\w+)", file.read_text("utf-8"))
    }
    [sentence] = re.findall(r"The stages are (.*?)\.", read("docs/operations.md"))

    assert named(sentence) == [stage.value for stage in Stage if stage.name in used]


@pytest.mark.parametrize("view", views.VIEWS)
def test_every_column_of_a_view_is_explained(view, sqlite_template):
    text = section(read("docs/data-model.md"), "Views").partition(f"**`{view}`**")[2]
    explained = [name for cells in rows(text.partition("\n\n**")[0]) for name in named(cells[0])]
    with closing(sqlite3.connect(sqlite_template)) as archive:
        columns = [row[1] for row in archive.execute(f"PRAGMA table_info({view})")]

    assert sorted(explained) == sorted(columns)


def test_every_table_is_explained_by_columns_that_it_has():
    shown = table("docs/data-model.md", "Tables")

    assert sorted(shown) == sorted(schema.metadata.tables)
    for name, (_, columns) in shown.items():
        assert set(named(columns)) <= set(schema.metadata.tables[name].columns.keys()), name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    text = read("README.md") + read("docs/operations.md")

    assert re.search(rf"\bnewsarchive {name}\b", text)


def command_lines(text: str) -> list[list[str]]:
    """Return the words behind `newsarchive` in each command line of a document."""
    typed = [
        line.removeprefix("$ ")
        for block in blocks(text)
        for line in block.text.splitlines()
        if block.language == "sh" or line.startswith("$ ")
    ]
    inline = [" ".join(code.split()) for code in re.findall(r"`(newsarchive\s[^`]+)`", prose(text))]
    return [words for line in [*typed, *inline] if (words := _words(line))]


def _words(line: str) -> list[str]:
    """Return the words of one call of `newsarchive`; none where there is no such call."""
    without_files = re.sub(r"\d?>+\s*\S+", "", line)
    lexer = shlex.shlex(without_files, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(lexer)
    called = [n for n, word in enumerate(words) if re.fullmatch(r"(.*/)?newsarchive", word)]
    behind = words[called[0] + 1 :] if called else []
    return list(takewhile(lambda word: word not in SHELL_ENDS, behind))


@each_document
def test_every_command_line_can_be_typed(document, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("posts").mkdir()  # an import wants its files to be there
    Path("tech.jsonl").touch()
    for name, *arguments in command_lines(document.read_text(encoding="utf-8")):
        if name == "--help":
            continue
        context = click.Context(commands)
        command = commands.get_command(context, name)
        if arguments:  # without them, it is a command that is spoken of
            command.make_context(name, arguments, parent=context)


def test_command_lines_are_found_and_wrong_ones_cannot_be_typed():
    text = "Try `newsarchive list --mine`.\n```sh\nA=b ./newsarchive sql 'x' >y | cat\n```\n"

    assert command_lines(text) == [["sql", "x"], ["list", "--mine"]]
    with pytest.raises(click.UsageError):
        commands.get_command(click.Context(commands), "list").make_context("list", ["--mine"])


@each_document
def test_every_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w-]", "", h.lower().replace(" ", "-")) for h in headings]


@each_document
def test_every_file_that_is_named_exists(document):
    folders = r"(?:newsarchive|tests|docs|migrations|benchmarks)"
    code = re.findall(rf"`({folders}/[\w./-]+)`", document.read_text(encoding="utf-8"))

    assert [path for path in code if not (ROOT / path).exists()] == []


@each_document
def test_every_target_of_make_exists(document):
    targets = re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE)
    text = document.read_text(encoding="utf-8")
    typed = re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)

    assert set(typed) <= set(targets)
