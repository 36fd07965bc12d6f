"""Gradient health over time is recorded while somebody looks, within its share of time, and told as NumPy has it."""

import json
from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.engine.diagnostics.bands import KEPT, PERCENTILES
from nablascope.server.training import controls
from nablascope.server.training.instruments.health_over_time import COST_SHARE, EVERY, LOOKED_AT, MOST_SENT
from nablascope.server.training.rates import Rates
from nablascope.server.training.run import TrainingRun

SLICE = 0.01


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def room(experiment: Experiment, speed: int = 4) -> tuple[TrainingRun, Clock]:
    clock = Clock()
    run = TrainingRun(experiment, 0.0, None, speed)
    run.rates = Rates(0.0, clock)
    return run, clock


def goes_on(run: TrainingRun, clock: Clock, seconds: float) -> None:
    for _ in range(round(seconds / SLICE)):
        clock.now += SLICE
        run.advance(clock.now, clock.now + SLICE)
    run.outbox.clear()


def asked(run: TrainingRun, clock: Clock, quantity: str = "delta") -> Any:
    run.outbox.clear()
    about = {"quantity": quantity}
    controls.apply(run, {"type": "ask", "what": "health_over_time", "about": about}, 1, clock.now)
    goes = [out[2] for out in run.outbox if out[0] == "reply"]
    while not goes:
        clock.now += SLICE
        run.advance(clock.now, clock.now + SLICE)
        goes = [out[2] for out in run.outbox if out[0] == "reply"]
    return goes[0]["found"]


def test_nothing_is_recorded_before_somebody_looks_nor_after() -> None:
    run, clock = room(Experiment())
    goes_on(run, clock, 2)
    assert run.queue.watch.bands.moments == []
    assert len(asked(run, clock)["steps"]) == 1
    goes_on(run, clock, 2)
    looked = len(run.queue.watch.bands.moments)
    assert 15 <= looked <= 2 / EVERY + 2
    goes_on(run, clock, 20)
    assert len(run.queue.watch.bands.moments) <= LOOKED_AT / EVERY + 2
    found = asked(run, clock)
    assert found["began"].count(True) == 2 and found["began"][-1]


def test_what_is_told_are_numpys_percentiles_at_those_steps() -> None:
    experiment = Experiment(hidden=[6, 5])
    run, clock = room(experiment)
    found = {}
    goes_on(run, clock, 0.5)
    for _ in range(3):
        found = asked(run, clock, "gradient")
        goes_on(run, clock, 1)
    trainer = Trainer(experiment)
    for at, step in enumerate(found["steps"]):
        while trainer.steps < step:
            trace = trainer.step()
        for layer, told in enumerate(found["layers"], 1):
            sizes = np.abs(trace.gradients[f"layer{layer}.weight"]).astype(np.float64)
            wanted = np.percentile(sizes, PERCENTILES)
            assert [band[at] for band in told["bands"]] == pytest.approx(wanted.tolist(), rel=6e-3)


def test_it_is_bounded_and_begins_anew_with_the_run() -> None:
    run, clock = room(Experiment(hidden=[16] * 20))
    for _ in range(40):
        found = asked(run, clock)
        goes_on(run, clock, 1)
    assert len(run.queue.watch.bands.moments) <= KEPT
    assert len(found["steps"]) <= max(32, MOST_SENT // 21) and len(json.dumps(found)) < 80_000
    controls.apply(run, {"type": "reset"}, 1, clock.now)
    run.rates = Rates(clock.now, clock)
    goes_on(run, clock, 1)
    again = asked(run, clock)
    assert again["steps"][0] < 20 and again["steps"][-1] == run.trainer.steps < 200


def test_a_costly_network_is_recorded_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    run, clock = room(Experiment())
    bands = run.queue.watch.bands.__class__
    add = bands.add

    def slowly(self: Any, *about: Any) -> None:
        clock.now += 0.02
        add(self, *about)

    monkeypatch.setattr(bands, "add", slowly)
    asked(run, clock)
    before = len(run.queue.watch.bands.moments)
    for _ in range(6):
        goes_on(run, clock, 1)
        run.queue.watch.until = clock.now + 1
    assert 2 <= len(run.queue.watch.bands.moments) - before <= 6 / (COST_SHARE * 0.02) + 1


def test_another_quantity_is_refused() -> None:
    run, clock = room(Experiment())
    goes_on(run, clock, 0.1)
    about = {"quantity": "weights"}
    controls.apply(run, {"type": "ask", "what": "health_over_time", "about": about}, 1, clock.now)
    assert [(out[2]["type"], out[2]["field"]) for out in run.outbox if out[0] == "reply"] == [
        ("error", "about.quantity")
    ]
