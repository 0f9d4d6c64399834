"""Rules of the house that no linter knows, each shown to catch a breach."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from importlinter.api import read_configuration

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", "benchmarks", "docker", "docs", "migrations", "newsarchive", "tests")
FILES = (
    ".gitignore",
    ".importlinter",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "requirements.lock",
    "scrapy.cfg",
)
CONTRACTS = read_configuration(str(ROOT / ".importlinter"))["contracts_options"]
[CORE] = (
    {module.split(".")[1] for module in contract["source_modules"]}
    for contract in CONTRACTS
    if contract["name"] == "The core does no I/O and knows no framework"
)
LONGEST_MODULE = 400
NAMES_FOR_ANYTHING = {"common", "core", "helper", "helpers", "misc", "services", "util", "utils"}
READINGS_OF_THE_CLOCK = {"now", "today", "utcnow"}
ANYTHING = {"everything", "Exception", "BaseException"}
EXEMPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?P<rest>.*)")
CODE_AND_REASON = re.compile(r"(?:: [A-Z]+\d+(?:, [A-Z]+\d+)*|\[[a-z,\s-]+\])\s+(?:- |# )\w")
PACKAGE_INDEX = re.compile(r"pypi\.org|pythonhosted\.org|--(?:extra-)?index-url|--find[-]links")
PLACE_ON_A_MACHINE = re.compile(r"(?<![\w.-])/(?:home|root|tmp|Users|work)/\w")


def project_texts() -> Iterator[tuple[Path, str]]:
    """Give every text of the project that a person wrote, with its path from the root."""
    inside = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    for path in sorted([*(ROOT / name for name in FILES), *inside]):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8", errors="replace")


def too_long(path: Path, text: str) -> Iterator[str]:
    # A table of cases may be as long as its cases are many.
    if path.parts[0] != "tests" and (lines := len(text.splitlines())) > LONGEST_MODULE:
        yield f"{lines} lines"


def named_for_anything(path: Path, _text: str) -> Iterator[str]:
    yield from NAMES_FOR_ANYTHING & {part.removesuffix(".py") for part in path.parts}


def swallows_errors(_path: Path, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler) and all(says_nothing(line) for line in node.body):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {ast.unparse(one) if one else "everything" for one in caught}
            yield from (f"line {node.lineno}: {name}" for name in names & ANYTHING)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            names = {ast.unparse(argument) for argument in node.args}
            yield from (f"line {node.lineno}: {name}" for name in names & ANYTHING)


def says_nothing(line: ast.stmt) -> bool:
    is_constant = isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    return is_constant or isinstance(line, ast.Pass | ast.Continue)


def reads_the_clock(path: Path, text: str) -> Iterator[str]:
    if path.parts[0] == "newsarchive" and path.parts[1].removesuffix(".py") in CORE:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and node.attr in READINGS_OF_THE_CLOCK:
                yield f"line {node.lineno}: {ast.unparse(node)}"
            imported = isinstance(node, ast.Import) and {alias.name for alias in node.names}
            if "time" in (imported or {getattr(node, "module", None)}):
                yield f"line {node.lineno}: {ast.unparse(node)}"


def sleeps_or_mocks(path: Path, text: str) -> Iterator[str]:
    if path.parts[0] == "tests":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"sleep", "time.sleep"}:
                yield f"line {node.lineno}: a sleep"
            if isinstance(node, ast.ImportFrom | ast.Import) and "mock" in ast.unparse(node):
                yield f"line {node.lineno}: a mock"


def exempts_without_reason(_path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = EXEMPTION.search(line)
        if found and not CODE_AND_REASON.match(found["rest"]):
            yield f"line {number}: {found[0]}"


def names_an_index(_path: Path, text: str) -> Iterator[str]:
    yield from PACKAGE_INDEX.findall(text)


def names_a_place(_path: Path, text: str) -> Iterator[str]:
    yield from PLACE_ON_A_MACHINE.findall(text)


POLICIES = [
    pytest.param(too_long, ".py", id="no module is longer than 400 lines"),
    pytest.param(named_for_anything, ".py", id="no module has a name that could hold anything"),
    pytest.param(swallows_errors, ".py", id="no error is swallowed"),
    pytest.param(reads_the_clock, ".py", id="the core reads no clock"),
    pytest.param(sleeps_or_mocks, ".py", id="no test sleeps or mocks"),
    pytest.param(exempts_without_reason, ".py", id="an exemption has its code and its reason"),
    pytest.param(names_an_index, "", id="no text names a package index"),
    pytest.param(names_a_place, "", id="no text names a place on one machine"),
]
BREACHES = [
    pytest.param(too_long, "newsarchive/a.py", "\n" * 401, id="a module of 401 lines"),
    pytest.param(named_for_anything, "newsarchive/feeds/utils.py", "", id="a module utils"),
    pytest.param(named_for_anything, "tests/helpers/feeds.py", "", id="a folder helpers"),
    pytest.param(
        swallows_errors,
        "newsarchive/a.py",
        "try:\n    f()\nexcept Exception:\n    pass\n",
        id="except Exception and nothing more",
    ),
    pytest.param(
        swallows_errors,
        "newsarchive/a.py",
        "for f in g:\n    try:\n        f()\n    except:\n        continue\n",
        id="a bare except that goes on",
    ),
    pytest.param(
        swallows_errors,
        "newsarchive/a.py",
        "try:\n    f()\nexcept (ValueError, Exception):\n    pass\n",
        id="Exception among others",
    ),
    pytest.param(
        swallows_errors,
        "newsarchive/a.py",
        "with contextlib.suppress(Exception):\n    f()\n",
        id="suppress(Exception)",
    ),
    pytest.param(
        reads_the_clock,
        "newsarchive/feeds/a.py",
        "now = datetime.datetime.now(UTC)",
        id="datetime.now in the core",
    ),
    pytest.param(
        reads_the_clock, "newsarchive/identity.py", "import time", id="the clocks of a process"
    ),
    pytest.param(
        reads_the_clock, "newsarchive/pictures/a.py", "from time import time", id="one of them"
    ),
    pytest.param(
        reads_the_clock,
        "newsarchive/extraction/a.py",
        "at: datetime = field(default_factory=datetime.now)",
        id="a clock that somebody else reads",
    ),
    pytest.param(sleeps_or_mocks, "tests/test_a.py", "time.sleep(1)", id="a test that sleeps"),
    pytest.param(
        sleeps_or_mocks, "tests/test_a.py", "from unittest import mock", id="a test that mocks"
    ),
    pytest.param(exempts_without_reason, "a.py", "import os  # no" + "qa", id="a bare noqa"),
    pytest.param(
        exempts_without_reason, "a.py", "import os  # no" + "qa: F401", id="a noqa without reason"
    ),
    pytest.param(
        exempts_without_reason,
        "a.py",
        "x = y  # type: " + "ignore[arg-type]",
        id="a type ignored without reason",
    ),
    pytest.param(
        names_an_index,
        "Makefile",
        "pip install --index" + "-url https://packages.example/simple scrapy",
        id="an index as an option",
    ),
    pytest.param(
        names_an_index,
        "requirements.lock",
        "scrapy @ https://files.python" + "hosted.org/scrapy.whl",
        id="a host of packages",
    ),
    pytest.param(names_a_place, "docs/a.md", "see /" + "home/me/archive", id="a home folder"),
    pytest.param(
        names_a_place, "tests/test_a.py", "sqlite:////" + "tmp/a.db", id="a database in /tmp"
    ),
]


@pytest.mark.parametrize(("find_offences", "suffix"), POLICIES)
def test_the_project_keeps_its_policy(find_offences, suffix):
    offences = [
        f"{path}: {offence}"
        for path, text in project_texts()
        if path.name.endswith(suffix)
        for offence in find_offences(path, text)
    ]

    assert not offences, "\n".join(offences)


@pytest.mark.parametrize(("find_offences", "path", "text"), BREACHES)
def test_a_breach_is_caught(find_offences, path, text):
    assert list(find_offences(Path(path), text))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("import os  # no" + "qa: TID251 - this is config.py", id="of the linter"),
        pytest.param("x = y  # type: " + "ignore[arg-type]  # no stubs say so", id="of a type"),
    ],
)
def test_an_exemption_with_its_reason_is_let_through(line):
    assert list(exempts_without_reason(Path("a.py"), line)) == []


def unused_functions(texts: Iterable[tuple[Path, str]]) -> list[str]:
    """Return the functions of the package that nothing but tests and documents names."""
    code = [(p, t) for p, t in texts if p.suffix == ".py" and p.parts[0] not in {"docs", "tests"}]
    named = Counter(word for _, text in code for word in re.findall(r"\w+", text))
    return [
        f"{path}: {node.name}"
        for path, text in code
        for node in ast.parse(text).body
        # What is decorated is found by its decorator: a page, a command.
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.decorator_list
        if path.parts[0] == "newsarchive" and named[node.name] == 1
    ]


def test_no_function_is_there_for_tests_alone():
    assert unused_functions(project_texts()) == []


def test_a_function_for_tests_alone_is_found():
    texts = {
        "newsarchive/a.py": "def used():\n    pass\n\ndef unused():\n    pass\n",
        "newsarchive/b.py": "from newsarchive.a import used\n",
        "tests/test_a.py": "from newsarchive.a import unused\n",
    }
    found = unused_functions((Path(path), text) for path, text in texts.items())
    assert found == ["newsarchive/a.py: unused"]
