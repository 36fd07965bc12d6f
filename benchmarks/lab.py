"""What looking costs: steps a second in turbo with an instrument in use against without, in turns.

A room's run is driven as the training process drives it, by a clock of processor time: what else the machine does at
the time does not count.
"""

import argparse
import time
from typing import Any

from machine import machine, percentile, table, use_one_thread
from nablascope.engine import Experiment
from nablascope.server import controls
from nablascope.server.rates import Rates
from nablascope.server.run import RoomRun
from nablascope.server.workshop import SLICE, pack_out

#: What the stage asks while an instrument is open, and how often, in seconds.
INSTRUMENTS: dict[str, tuple[dict[str, Any], float]] = {
    "step lens": ({"what": "lens", "about": {"direction": "optimiser"}}, 0.5),
    "range test, over and over": ({"what": "range_test", "about": {}}, 0.5),
    "landscape, over and over": ({"what": "landscape", "about": {}}, 0.5),
}
NETWORKS = {
    "2-8-8-8-1": Experiment(hidden=[8] * 3),
    "2-[16]×10-1": Experiment(hidden=[16] * 10),
    "64-128-64-10": Experiment(dataset="digits", hidden=[128, 64], loss="softmax_cross_entropy"),
}
clock = time.process_time


def pace(run: RoomRun, seconds: float, question: dict[str, Any] | None = None, every: float = 1.0) -> float:
    """Steps a second for so long, with a question asked again and again or without."""
    started, steps, ask_at = clock(), run.trainer.steps, 0.0
    while (now := clock()) < started + seconds:
        if question and now >= ask_at and run.asks.job is None:
            controls.apply(run, {"type": "ask", **question}, 1, now)
            ask_at = now + every
        run.advance(now, now + SLICE)
        for out in run.outbox:  # what is sent costs its encoding, with the lens and without
            pack_out(1, out)
        run.outbox.clear()
    controls.apply(run, {"type": "cancel"}, 1, clock())
    return (run.trainer.steps - steps) / (clock() - started)


def turns(experiment: Experiment, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Each instrument's share of the pace without it, once a round; the paces before and after are the measure."""
    run = RoomRun(experiment, clock(), None, 6)
    run.rates = Rates(clock(), clock)
    shares: dict[str, list[float]] = {name: [] for name in INSTRUMENTS}
    before = pace(run, seconds)
    for _ in range(rounds):
        for name, (question, every) in INSTRUMENTS.items():
            during, after = pace(run, seconds, question, every), pace(run, seconds)
            shares[name].append(during / (0.5 * (before + after)))
            before = after
    return shares


def main() -> None:
    use_one_thread()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    print(f"## The lab\n\n{machine()}\n")
    print(
        "Steps a second in turbo with an instrument in use, as a share of those without it: at least 0.8 is wanted\n"
    )
    rows = []
    for network, experiment in NETWORKS.items():
        for name, found in turns(experiment, options.rounds, options.seconds).items():
            rows.append([network, name, f"{percentile(found, 0.5):.2f}", f"{min(found):.2f}"])
    print(table(["network", "instrument", "median", "worst"], rows))


if __name__ == "__main__":
    main()
