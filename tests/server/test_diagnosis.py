"""The diagnosis and the instruments of a run's health, over a real socket: what is said is what the engine finds."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import PRESETS, Experiment, Trainer
from nablascope.engine.diagnostics import autopsy, gradient_health, take_apart
from nablascope.server.wire.protocol import PULSE

Open = Callable[..., Any]
RUNS = {
    "sigmoid": PRESETS["Vanishing gradient"].experiment,
    "wide": Experiment(dataset="digits", noise=0, hidden=[40, 20], activation="relu", loss="softmax_cross_entropy"),
    "dropped": Experiment(hidden=[8, 8], activation="tanh", dropout=0.3, normalisation="batch"),
}


def paused(client: Open, experiment: Experiment) -> tuple[Any, Trainer]:
    """A driver whose run stands still after the first step, and the same run here."""
    driver, trainer = client(), Trainer(experiment)
    driver.send(type="pause")
    driver.event("state", playing=False)
    driver.send(type="set", changes=experiment.to_dict(), reset=True)
    driver.event("run", dataset=experiment.dataset)
    driver.send(type="step")
    trainer.step()
    driver.frame(PULSE, where=lambda header: header.step == 1 and header.phase == 2 * len(experiment.layer_sizes) - 1)
    return driver, trainer


def asked(driver: Any, what: str) -> Any:
    driver.send(type="ask", what=what, about={})
    return driver.event("answer", what=what)["found"]


@pytest.mark.parametrize("name", RUNS)
def test_gradient_health_over_the_wire_is_the_engines(client: Open, name: str) -> None:
    driver, trainer = paused(client, RUNS[name])
    found = asked(driver, "health")
    assert found["step"] == 1
    wanted, apart = gradient_health(trainer), take_apart(trainer)
    assert len(found["layers"]) == len(wanted)
    for sent, layer, taken in zip(found["layers"], wanted, apart, strict=True):
        row = layer.to_dict()
        for what in ("z", "a", "delta", "gradient"):
            edges = row[what].pop("edges")
            bounds = sent[what].pop("bounds")
            assert np.allclose(np.linspace(*bounds, len(edges)), edges), "bins are of one width"
            assert sent[what] == row[what]
        for what in ("factor", "predicted", "predicted_at_start", "activation", "layer"):
            assert sent[what] == row[what]
        assert (sent["saturated"], sent["dead"]) == (list(taken.saturated), list(taken.dead))
        assert sent["units"] == len(taken.mean_slope)


@pytest.mark.parametrize("name", RUNS)
def test_delta_taken_apart_over_the_wire_is_the_engines(client: Open, name: str) -> None:
    driver, trainer = paused(client, RUNS[name])
    found = asked(driver, "taken_apart")
    for sent, layer in zip(found["layers"], take_apart(trainer), strict=True):
        for what in ("error", "slope", "delta"):
            assert sent[what] == pytest.approx(getattr(layer, what)[:32].tolist(), rel=1e-6)
            assert sent[f"{what}_norm"] == getattr(layer, f"{what}_norm")
        if not layer.between:
            assert np.multiply(sent["error"], sent["slope"]) == pytest.approx(sent["delta"], rel=1e-5, abs=1e-30)
        assert sent["between"] == list(layer.between)


@pytest.mark.parametrize("what", ["health", "taken_apart", "blow_up"])
def test_before_the_first_step_there_is_nothing_to_tell(client: Open, what: str) -> None:
    driver, _ = paused(client, RUNS["sigmoid"])
    driver.send(type="reset")
    driver.event("diagnosis", kind="starting")
    assert asked(driver, what) is None


@pytest.mark.parametrize("name", [name for name in PRESETS if PRESETS[name].experiment.dataset != "digits"])
def test_remedies_on_the_wire_are_changes_that_set_takes(client: Open, name: str) -> None:
    driver = client()
    driver.event("diagnosis")
    driver.send(type="preset", name=name)
    driver.send(type="speed", value=6)
    driver.event("state", speed=6)
    driver.frame(PULSE, where=lambda header: header.step > 300)
    driver.send(type="pause")
    driver.event("state", playing=False)
    driver.send(type="again")
    told = driver.event("diagnosis")
    assert name != "Vanishing gradient" or (told["kind"], len(told["remedies"])) == ("vanishing", 2)
    for remedy in told["remedies"]:
        driver.send(type="preset", name=name)
        driver.event("settings", preset=name)
        driver.send(type="set", changes=remedy["changes"], reset=True)
        after = driver.event("settings", preset=None)["experiment"]
        expected = PRESETS[name].experiment.change(**remedy["changes"]).to_dict()
        assert after == expected


def test_a_blow_up_over_the_wire_is_the_engines_and_valid_json(client: Open) -> None:
    experiment = PRESETS["Sine"].experiment.change(activation="relu", learning_rate=10.0)
    trainer = Trainer(experiment)
    while trainer.stopped is None:
        trainer.step()
    driver = client()
    driver.send(type="set", changes=experiment.to_dict(), reset=True)
    driver.event("run", dataset="sine")
    driver.send(type="speed", value=6)
    driver.event("state", status="diverged")
    found = asked(driver, "blow_up")
    assert found == json.loads(json.dumps(autopsy(trainer).to_dict()))
    assert found["last_finite"] == found["step"] - 1 and found["chain"].endswith(trainer.stopped.sentence)
    assert all(value is None or math.isfinite(value) for row in found["delta"] for value in row)
