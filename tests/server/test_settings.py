"""Settings over the socket: addresses, new starts that are asked back, gradient checks, the rate in force."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, from_address, to_address
from nablascope.server.wire.protocol import PARAMETERS, PULSE, Header

Open = Callable[..., Any]


def test_an_address_opens_a_room_with_its_experiment_and_settings_tell_theirs(client: Open) -> None:
    experiment = Experiment(dataset="moons", hidden=[5, 3], activation=["relu", "gelu"], optimiser="adam", seed=4)
    driver = client(experiment=to_address(experiment))
    settings = driver.event("settings")
    assert Experiment.from_dict(settings["experiment"]) == experiment
    assert from_address(settings["address"]) == experiment
    driver.send(type="set", changes={"learning_rate": 0.25})
    assert "learning_rate=0.25" in driver.event("settings", revision=1)["address"]


def test_an_address_that_cannot_be_is_explained_and_the_usual_stage_opens(client: Open) -> None:
    driver = client(experiment="hidden=6,6&learning_rate=1000")
    error = driver.event("error")
    assert (error["field"], error["was"]) == ("learning_rate", "1000")
    assert driver.event("settings")["preset"] == "First look"


@pytest.mark.parametrize(
    "changes", [{"hidden": [4]}, {"initialiser": "he"}, {"dataset": "digits"}, {"normalisation": "batch"}]
)
def test_what_needs_a_new_start_is_asked_back_and_the_run_goes_on(client: Open, changes: dict[str, Any]) -> None:
    driver = client()
    driver.send(type="speed", value=4)
    driver.frame(PULSE, where=lambda header: header.step > 5)
    driver.send(type="set", changes=changes)
    asked = driver.event("confirm")
    assert asked["changes"] == changes
    assert set(changes) <= set(asked["names"])
    assert asked["steps"] > 5
    run = next(event for event in driver.events if event["type"] == "run")["run"]
    assert Header.unpack(driver.frame(PULSE, where=lambda header: header.step > asked["steps"])).run == run
    driver.send(type="set", changes=changes, reset=True)
    assert driver.event("run")["run"] == run + 1
    name, value = next(iter(changes.items()))
    assert driver.event("settings")["experiment"][name] == value


def test_a_gradient_check_on_the_stage_agrees(client: Open) -> None:
    driver = client(experiment="hidden=5,5&normalisation=batch&residual=yes&optimiser=adam")
    driver.send(type="pause")
    driver.send(type="step")
    driver.frame(PARAMETERS, where=lambda header: header.step == 1)
    driver.send(type="ask", what="gradient_check")
    found = driver.event("answer", what="gradient_check")["found"]
    assert found["relative_error"] < 1e-6
    assert found["checked"] == found["of"] == Experiment(hidden=[5, 5], normalisation="batch").parameter_count
    assert found["analytic"] == pytest.approx(found["numeric"], rel=1e-4, abs=1e-8)


def test_a_large_network_is_checked_at_as_many_places_as_nobody_waits_for(client: Open) -> None:
    driver = client(experiment="hidden=" + ",".join(["77"] * 32))
    driver.frame(PULSE, timeout=30, where=lambda header: header.step >= 1)
    driver.send(type="ask", what="gradient_check")
    found = driver.event("answer", timeout=30)["found"]
    assert found["checked"] < found["of"]
    assert found["relative_error"] < 1e-4  # 33 layers of tanh: rounding shows in the numeric gradient


def test_the_rate_in_force_follows_the_schedule(client: Open) -> None:
    driver = client(experiment="schedule=cosine&schedule_epochs=3&learning_rate=0.5")
    driver.send(type="speed", value=5)
    rates = [Header.unpack(driver.frame(PULSE)).learning_rate for _ in range(12)]
    assert rates[0] > rates[-1]
    last = Header.unpack(driver.frame(PULSE, where=lambda header: header.epoch > 4))
    assert last.learning_rate == np.float32(0)
