"""What the project imports is declared, and what it declares is locked."""

import ast
import re
import sys
import tomllib
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


def declared() -> dict[str, list[Requirement]]:
    """Return what pyproject.toml asks for: to run, under "", and by extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: [Requirement(text) for text in texts] for extra, texts in groups.items()}


def locked() -> dict[str, str]:
    """Return the versions of requirements.lock by normalised name (PEP 503)."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = (line.split("==") for line in lines if not line.startswith("#"))
    return {normalised(name): version for name, version in pins}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_with(requirement: Requirement, seen: set[str]) -> set[str]:
    """Return the normalised names of all that `requirement` installs here, itself included."""
    if str(requirement) in seen:
        return set()
    seen.add(str(requirement))
    names = {normalised(requirement.name)}
    for text in distribution(requirement.name).requires or []:
        needed = Requirement(text)
        extras = requirement.extras or {""}
        if not needed.marker or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
            names |= installed_with(needed, seen)
    return names


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def test_everything_that_the_project_installs_is_locked():
    seen: set[str] = set()
    requirements = [requirement for group in declared().values() for requirement in group]
    names = set().union(*(installed_with(requirement, seen) for requirement in requirements))

    # Datasette asks for them; an environment brings its own, and pip leaves them out of a freeze.
    assert names - locked().keys() <= {"pip", "setuptools"}


def test_the_locked_versions_are_ones_that_the_project_allows():
    refused = [
        str(requirement)
        for requirements in declared().values()
        for requirement in requirements
        if not requirement.specifier.contains(locked()[normalised(requirement.name)])
    ]

    assert refused == []


def test_everything_that_the_package_imports_is_declared():
    nodes = (
        node
        for path in (ROOT / "newsarchive").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )
    imported = {name.split(".")[0] for node in nodes for name in imported_names(node)}
    foreign = imported - sys.stdlib_module_names - {"newsarchive"}
    providers = packages_distributions()
    groups = (group for extra, group in declared().items() if extra not in {"test", "check"})
    runtime = {normalised(requirement.name) for group in groups for requirement in group}

    assert [name for name in foreign if not runtime & set(map(normalised, providers[name]))] == []
