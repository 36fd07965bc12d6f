"""What looking costs: steps a second in turbo with a view open against without, in turns, for every view.

A room's run is driven as the training process drives it, by a clock of processor time: what else the machine does at
the time does not count. Views ask as the page does; how often, the page decides, and how soon, the run.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

from machine import machine, percentile, table, use_one_thread
from nablascope.engine import Experiment
from nablascope.server.training import controls
from nablascope.server.training.rates import Rates
from nablascope.server.training.run import TrainingRun
from nablascope.server.training.run_slot import pack_out
from nablascope.server.training.scheduler import SLICE

UNIT = {"kind": "unit", "layer": 2, "unit": 1}
LENS, BANDS = ("lens", {"direction": "optimiser"}), ("health_over_time", {"quantity": "delta"})
INSPECTED = ("inspection", UNIT)
#: What the stage asks while a view is open, each of it as often as the page does at most, which is twice a second; of
#: gradient health over time once a second, so that its share here is rather too low.
VIEWS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "step lens": [LENS],
    "inspector, a unit": [INSPECTED],
    "inspector, a layer": [("inspection", {"kind": "layer", "layer": 2})],
    "δ taken apart": [("taken_apart", {})],
    "gradient health, now": [("health", {})],
    "gradient health, over time": [BANDS],
    "lens, inspector and health over time": [LENS, INSPECTED, BANDS],
    "blow-up": [],
    "scores": [("report", {})],
    "range test, over and over": [("range_test", {})],
    "landscape, over and over": [("landscape", {})],
}
ASK_EVERY = 0.5
#: Steps that the page of comparisons tells a run to make in one go, and how often it wants pictures, in seconds.
IN_ONE_GO, PICTURES = 500, 0.25
NETWORKS = {
    "2-8-8-8-1": Experiment(hidden=[8] * 3),
    "2-[16]×10-1": Experiment(hidden=[16] * 10),
    "64-128-64-10": Experiment(dataset="digits", hidden=[128, 64], loss="softmax_cross_entropy"),
}
clock = time.process_time


def paced(run: TrainingRun, seconds: float, between: Callable[[float], None]) -> float:
    """Steps a second for so long, with something done between two slices."""
    started, steps = clock(), run.trainer.steps
    while (now := clock()) < started + seconds:
        between(now)
        run.advance(now, now + SLICE)
        for out in run.outbox:  # what is sent costs its encoding, with the view and without
            pack_out(1, out)
        run.outbox.clear()
    made = (run.trainer.steps - steps) / (clock() - started)
    controls.apply(run, {"type": "cancel"}, 1, clock())
    run.queue.waiting.clear()
    run.queue.watch.until = 0.0
    return made


def without(run: TrainingRun, seconds: float) -> float:
    """Nothing is asked."""
    return paced(run, seconds, lambda now: None)


def viewed(run: TrainingRun, seconds: float, questions: list[tuple[str, dict[str, Any]]]) -> float:
    """With a view's questions, again and again."""
    due = [0.0] * len(questions)

    def ask(now: float) -> None:
        for at, (what, about) in enumerate(questions):
            if now >= due[at] and run.queue.job is None:
                controls.apply(run, {"type": "ask", "what": what, "about": about}, 1, now)
                due[at] = now + ASK_EVERY

    return paced(run, seconds, ask)


def undiagnosed(run: TrainingRun, seconds: float) -> float:
    """Without the sentence that else is always there."""

    def leave_out(now: float) -> None:
        run.told_at = now

    return paced(run, seconds, leave_out)


def compared(run: TrainingRun, seconds: float) -> float:
    """As one of the runs of a comparison: told what to do as soon as it has answered."""
    controls.apply(run, {"type": "pause"}, 1, clock())
    pictures_at = 0.0

    def go_on(now: float) -> None:
        nonlocal pictures_at
        if run.burst.goal is None:
            pictures = now >= pictures_at
            pictures_at = now + PICTURES if pictures else pictures_at
            controls.apply(run, {"type": "advance", "steps": IN_ONE_GO, "pictures": pictures}, 1, now)

    made = paced(run, seconds, go_on)
    controls.apply(run, {"type": "play"}, 1, clock())
    return made


def turns(experiment: Experiment, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Each view's share of the pace without it, once a round; the paces before and after are the measure."""
    run = TrainingRun(experiment, clock(), None, 6)
    run.rates = Rates(clock(), clock)
    ways: dict[str, Callable[[TrainingRun, float], float]] = {
        name: lambda run, seconds, questions=questions: viewed(run, seconds, questions)  # type: ignore[misc]
        for name, questions in VIEWS.items()
    }
    shares: dict[str, list[float]] = {name: [] for name in [*ways, "comparison", "diagnosis"]}
    without(run, seconds)
    before = without(run, seconds)
    for _ in range(rounds):
        for name, way in (*ways.items(), ("comparison", compared)):
            during, after = way(run, seconds), without(run, seconds)
            shares[name].append(during / (0.5 * (before + after)))
            before = after
        bare, after = undiagnosed(run, seconds), without(run, seconds)
        shares["diagnosis"].append(0.5 * (before + after) / bare)
        before = after
    return shares


def main() -> None:
    use_one_thread()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5)
    options = parser.parse_args()
    print(f"## The lab\n\n{machine()}\n")
    print(
        "Steps a second in turbo with a view open, as a share of those without it; at least 0.8 is wanted. Blow-up\n"
        "asks nothing of a run that goes on; the diagnosis is always open, and here measured against a run without\n"
        "it; a comparison's run makes 500 steps in one go, again and again.\n"
    )
    found = {network: turns(experiment, options.rounds, options.seconds) for network, experiment in NETWORKS.items()}
    views = list(next(iter(found.values())))
    rows = [
        [view, *(f"{percentile(shares[view], 0.5):.2f} / {min(shares[view]):.2f}" for shares in found.values())]
        for view in views
    ]
    print(table(["median / worst", *found], rows))


if __name__ == "__main__":
    main()
