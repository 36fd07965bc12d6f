"""What a run is said to hold is about what its process grows by."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, gc, json, sys
from nablascope.engine import Experiment
from nablascope.server.holding import held_by
from nablascope.server.run import RoomRun

def resident():
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def made():
    run = RoomRun(Experiment().change(**json.loads(sys.argv[1])), 0.0, None, 6)
    for turn in range(15):
        run.advance(0.2 * turn, 0.2 * turn + 0.001)
        run.outbox.clear()
    return run

kept = [made()]
before = resident()
kept += [made() for _ in range(int(sys.argv[2]))]
print(json.dumps([held_by(kept[-1]), (resident() - before) / int(sys.argv[2])]))
"""
#: As large as the settings allow.
LARGEST = {"hidden": [128] * 12, "samples": 2000, "optimiser": "adam"}


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        ({}, 20), ({"hidden": [16] * 10}, 8), (LARGEST, 1),
        ({**LARGEST, "batch_size": 1024, "normalisation": "batch", "dropout": 0.1}, 1),
    ],
    ids=["small", "deep", "largest", "largest in every way"],
)  # fmt: skip
def test_a_run_holds_about_as_much_as_its_process_grows_by(changes: dict[str, object], runs: int) -> None:
    program = [sys.executable, "-c", PROGRAM, json.dumps(changes), str(runs)]
    told, grown = json.loads(subprocess.run(program, capture_output=True, text=True, check=True, timeout=120).stdout)
    assert abs(told - grown) < 0.5 * grown + 1_000_000
