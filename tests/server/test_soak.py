"""A short piece of the long lesson (benchmarks/soak.py): nothing in the log, nobody lost, no descriptor kept."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).resolve().parents[2] / "benchmarks" / "soak.py"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")


@pytest.mark.parametrize("way", ["IPv4", "dual-stack"])
def test_a_lesson_full_of_faults_leaves_no_trace(way: str) -> None:
    """It takes half a minute, as a lesson does: connections that nobody reads are cut off after 15 s."""
    program = [sys.executable, str(SOAK), "--warm-up", "0.1", "--minutes", "0.3", "--seed", "7", "--listening", way]
    done = subprocess.run(
        [*program, "--clients", "24", "--pace", "0.05"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "should not be there: 0. Unexplained ends and silences: 0." in done.stdout
    for fault in ("babble", "cut", "kill_a_worker", "leave"):
        assert re.search(rf"\d+ × {fault}", done.stdout), done.stdout
    found = re.search(r"descriptors of the web process \|.*\| (\S+) \| (\S+) \|$", done.stdout, re.MULTILINE)
    assert found, done.stdout
    least, most = map(float, found.groups())
    assert most - least < 24  # half of what as many people would take, if theirs were kept
