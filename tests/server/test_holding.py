"""What a run is said to hold is about what its process grows by."""

import json
import subprocess
import sys
import tracemalloc

import pytest
from nablascope.engine import Experiment
from nablascope.server.training import checkpoint
from nablascope.server.training.holding import held_by
from nablascope.server.training.instruments.queue import ASKS, JOBS
from nablascope.server.training.rewind import stand_at
from nablascope.server.training.run import TrainingRun

PROGRAM = """
import ctypes, gc, json, sys
from nablascope.engine import Experiment
from nablascope.server.training.holding import held_by
from nablascope.server.training.run import TrainingRun

def resident():
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def made():
    run = TrainingRun(Experiment().change(**json.loads(sys.argv[1])), 0.0, None, 6)
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


@pytest.mark.parametrize("what", ["lens", "landscape", "range_test"])
@pytest.mark.parametrize("changes", [{"hidden": [16] * 10}, {"hidden": [128] * 12, "batch_size": 256}])
def test_so_does_what_an_instrument_works_with_between_two_parts(what: str, changes: dict[str, object]) -> None:
    run = TrainingRun(Experiment().change(**changes), 0.0, None, 6, playing=False)
    run.trainer.run(3)
    tracemalloc.start()
    try:
        run.queue.put(run, 1, what, {})
        if what in JOBS:
            assert run.queue.job is not None
            rest = run.queue.job[-1]
        else:
            rest = ASKS[what](run, {})
            run.queue.question = 1, what, {}, run.run, rest
        for _ in range(2):
            next(rest, None)
        grown = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    asked = held_by(run)
    run.queue.job = run.queue.question = None
    assert grown / 3 < asked - held_by(run) < 3 * grown + 1_000_000


def test_where_a_run_had_come_before_it_looked_back_counts_once() -> None:
    run = TrainingRun(Experiment(hidden=[64, 64]), 0.0, None, 6, playing=False)
    run.trainer.run(50)
    stand_at(run, 20)
    again = checkpoint.unpack(checkpoint.pack(run), 0.0)
    tip = again.tip
    assert tip is not None and tip.state is tip.timeline.states[-1]
    with_tip, again.tip = held_by(again), None
    assert with_tip - held_by(again) == tip.state.size
