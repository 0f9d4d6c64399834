"""What is written for Docker, against linters, the schema of Compose, and the project itself."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from newsarchive.cli import COMMANDS
from newsarchive.config import VARIABLES, Config

DOCKER = Path(__file__).parents[2] / "docker"
COMPOSE = sorted(DOCKER.glob("compose*.yaml"))
DOCKERFILES = sorted(DOCKER.rglob("Dockerfile"))
SCRIPTS = sorted(DOCKER.rglob("*.sh"))
OURS = "newsarchive"
BIN = Path(sys.executable).parent


def named(paths):
    return [pytest.param(path, id=path.relative_to(DOCKER).as_posix()) for path in paths]


def services(path: Path) -> dict[str, dict]:
    return yaml.safe_load(path.read_text("utf-8"))["services"]


SERVICES = [
    pytest.param(path, service, id=f"{name} of {path.name}")
    for path in COMPOSE
    for name, service in services(path).items()
]
each_service = pytest.mark.parametrize(("path", "service"), SERVICES)


def check(*command: str | Path) -> str:
    """Return what a linter finds; nothing where it is content."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def check_compose(path: Path) -> str:
    return check(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)


@pytest.mark.parametrize("path", named(COMPOSE))
def test_compose_files_are_of_the_schema_of_compose(path):
    assert check_compose(path) == ""


@pytest.mark.parametrize("path", named(DOCKERFILES))
def test_the_linter_is_content_with_images(path):
    assert check(BIN / "hadolint", path) == ""


@pytest.mark.parametrize("path", named(SCRIPTS))
def test_scripts_are_ones_that_their_shell_can_read(path):
    shell = path.read_text("utf-8").splitlines()[0].split("/")[-1].split()[-1]

    assert shell in {"sh", "bash"}
    assert check(shell, "-n", path) == ""
    assert path.stat().st_mode & 0o111 == 0o111


def test_the_linters_are_not_content_with_everything(tmp_path):
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM debian\nRUN cd somewhere && apt-get install curl\n")
    (tmp_path / "compose.yaml").write_text(json.dumps({"services": {"a": {"imgae": "x"}}}))

    assert "DL3006" in check(BIN / "hadolint", bad)
    assert "imgae" in check_compose(tmp_path / "compose.yaml")


@each_service
def test_a_service_can_do_no_more_than_it_must(path, service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["mem_limit"]
    assert service["pids_limit"] > 0


@each_service
def test_a_service_is_reached_from_this_machine_only(path, service):
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert "network_mode" not in service


@each_service
def test_an_image_is_ours_or_pinned(path, service):
    assert "build" in service or re.search(r":\d", service["image"]), service["image"]


@each_service
def test_no_secret_stands_in_a_file(path, service):
    words = [*service.get("environment", {}).items(), *enumerate(service.get("command", []))]
    secrets = [
        str(value) for name, value in words if "PASSWORD" in str(name) or ":" + "//:" in str(value)
    ]

    assert all("${" in secret and ":?" in secret for secret in secrets)


@each_service
def test_settings_and_commands_are_ones_that_there_are(path, service):
    variables = {n for n in service.get("environment", {}) if n.startswith("NEWSARCHIVE_")}
    assert variables <= set(VARIABLES)
    if service["image"] == OURS:
        assert service["command"][0] in {*COMMANDS, "prepare"}


def test_health_is_asked_at_addresses_that_there_are():
    from newsarchive.web.app import PARTS

    known = {route.path for part in PARTS for route in part.router.routes}
    asked = {
        urlsplit(test[2]).path
        for parameters in SERVICES
        if (test := parameters.values[1].get("healthcheck", {}).get("test", ()))[1:2]
        == ["healthcheck.sh"]
    }

    assert asked
    assert asked <= known


@pytest.mark.parametrize("path", named(COMPOSE))
def test_networks_and_volumes_are_declared_and_used(path):
    told = yaml.safe_load(path.read_text("utf-8"))
    for kind in ("networks", "volumes"):
        used = {
            name.partition(":")[0]
            for service in told["services"].values()
            for name in service.get(kind, [])
            if not name.startswith(".")
        }
        assert used == set(told[kind])


def test_the_image_is_made_of_extras_that_there_are():
    project = tomllib.loads((DOCKER.parent / "pyproject.toml").read_text("utf-8"))["project"]
    told = (DOCKER / "Dockerfile").read_text("utf-8")
    [extras] = re.findall(r"^ARG EXTRAS=(\S+)$", told, re.MULTILINE)

    assert set(extras.split(",")) <= set(project["optional-dependencies"])


def test_the_plan_of_the_services_can_be_used():
    from newsarchive.scheduler import read_plan
    from newsarchive.sources import known_sources

    path = DOCKER / "newsarchive.toml"
    config = Config.load(environ={}, file=path)
    sources = known_sources(config.source_tables, path)
    plan = read_plan(config.schedule_table, path, sources, COMMANDS.keys())

    assert {"nos", "verify", "backup", "try-backup"} <= {job.name for job in plan}
