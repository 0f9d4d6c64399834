import subprocess
import sys
from dataclasses import replace

from newsarchive.processes import is_alive, this_process


def test_this_process_lives():
    assert is_alive(this_process())


def test_a_process_that_ended_does_not():
    code = "from newsarchive.processes import this_process; print(this_process().process)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not is_alive(replace(this_process(), process=told.stdout.strip()))


def test_another_process_with_the_same_number_is_not_the_one():
    pid, _, rest = this_process().process.partition(":")
    start, _, boot = rest.partition(":")
    other = f"{pid}:{int(start) - 1}:{boot}"
    assert not is_alive(replace(this_process(), process=other))
