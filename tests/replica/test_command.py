import signal
import subprocess
import sys
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from newsarchive.cli.replica import replica
from newsarchive.replica.pages import PAGE_ERAS
from newsarchive.replica.script import SCENARIOS
from newsarchive.replica.site import ERAS

COMMAND = [sys.executable, "-m", "newsarchive.cli", "replica"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_it_serves_until_a_signal_ends_it(number):
    with subprocess.Popen(
        [*COMMAND, "--articles", "20"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        base = process.stdout.readline().strip()
        with urlopen(f"{base}/nosnieuwsbinnenland") as answer:
            assert b"<item>" in answer.read()
        process.send_signal(number)
        output, talk = process.communicate(timeout=10)
    assert process.returncode == 0
    assert output == ""
    assert "Traceback" not in talk
    assert "1 requests" in talk


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["--scenario", "nacht"], "Known scenarios: quiet, day, month", id="scenario"),
        pytest.param(["--era", "1998"], "Known eras: 2026, 2019, both", id="era"),
        pytest.param(["--page-era", "2019"], "Known eras: mixed, 2017, 2020", id="era of pages"),
        pytest.param(["--recorded", "nergens"], "'nergens' does not exist", id="no folder"),
        pytest.param(["--misbehave", "boos"], "Known misbehaviours: 500, 429", id="misbehaviour"),
        pytest.param(["--misbehave", "500=weer"], "Known feeds: nosnieuws", id="feed"),
        pytest.param(["--articles", "-1"], "-1 is not in the range", id="fewer than none"),
    ],
)
def test_usage_errors_say_what_can_be_meant(arguments, complaint):
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_help_names_every_scenario_and_era():
    shown = CliRunner().invoke(replica, ["--help"]).output
    for name in (*SCENARIOS, *ERAS, *PAGE_ERAS):
        assert f"'{name}'" in shown
    assert "Examples:" in shown
