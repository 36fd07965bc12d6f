"""Several rooms in step: each makes exactly the steps that it was told to, on the same batches."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer, to_address
from nablascope.server.wire.protocol import BELIEF, HEADER, PARAMETERS, PULSE, RESPONSE, Header

Open = Callable[..., Any]
BASE = Experiment(dataset="moons", hidden=[5, 4], activation="tanh", learning_rate=0.3, batch_size=16, seed=9)


def paused(client: Open, experiment: Experiment) -> Any:
    """A room of its own that stands at the beginning."""
    driver = client(experiment=to_address(experiment))
    driver.event("welcome")
    driver.send(type="pause")
    driver.send(type="reset")
    driver.event("run", run=2)
    driver.frame(PULSE, where=lambda header: header.run == 2)
    return driver


def advance(driver: Any, steps: int, **more: Any) -> bytes:
    driver.send(type="advance", steps=steps, **more)
    return bytes(driver.frame(PULSE))


def records(pulse: bytes, layers: int) -> Any:
    """Rows of a pulse: steps as they are, and the rest as numbers."""
    width = 4 + layers + layers % 2
    count = Header.unpack(pulse).count
    return np.frombuffer(pulse, "<f4")[len(pulse) // 4 - width * count :].reshape(count, width)


def inputs(pulse: bytes) -> bytes:
    return pulse[HEADER.size + 8 : HEADER.size + 16]


def test_runs_that_differ_see_the_same_samples_in_the_same_batches(client: Open) -> None:
    kinds = (
        BASE, BASE, BASE.change(activation="relu", initialiser="he"), BASE.change(hidden=[7] * 6, residual=True)
    )  # fmt: skip
    rooms = [paused(client, experiment) for experiment in kinds]
    samples = [room.event("data") if not any(e["type"] == "data" for e in room.events) else
               next(e for e in room.events if e["type"] == "data") for room in rooms]  # fmt: skip
    for each in samples[1:]:
        assert (each["x"], each["y"], each["test"]) == (samples[0]["x"], samples[0]["y"], samples[0]["test"])
    losses: list[list[float]] = [[], []]
    for step in range(1, 31):
        pulses = [advance(room, 1) for room in rooms]
        headers = [Header.unpack(pulse) for pulse in pulses]
        assert {header.step for header in headers} == {step}
        assert len({inputs(pulse) for pulse in pulses}) == 1
        for room in (0, 1):
            losses[room].append(headers[room].loss)
    assert losses[0] == losses[1]
    own = Trainer(BASE)
    assert losses[0] == [float(np.float32(own.step().loss)) for _ in range(30)]


def test_as_many_steps_as_were_asked_for_come_in_one_pulse_with_all_their_records(client: Open) -> None:
    room = paused(client, BASE)
    before = len(room.frames)
    pulse = advance(room, 500)
    assert [frame[5] for frame in room.frames[before:]] == [PULSE]
    rows = records(pulse, 3)
    assert rows[:, 0].copy().view("<u4").tolist() == list(range(1, 501))
    own = Trainer(BASE)
    assert rows[:, 1].tolist() == [float(np.float32(own.step().loss)) for _ in range(500)]
    header = Header.unpack(pulse)
    assert header.train_loss == pytest.approx(own.metrics().train_loss, rel=1e-6)
    assert header.train_loss == rows[-1, 2]
    assert room.events[-1]["type"] == "state" and room.events[-1]["status"] == "paused"


def test_pictures_come_when_they_are_asked_for(client: Open) -> None:
    room = paused(client, BASE)
    before = len(room.frames)
    advance(room, 3, pictures=True)
    assert sorted(frame[5] for frame in room.frames[before:]) == [PULSE, PARAMETERS, RESPONSE, BELIEF]


@pytest.mark.parametrize(("rate", "steps"), [(10.0, 500)])
def test_a_run_that_diverges_on_its_way_says_so_and_goes_no_further(client: Open, rate: float, steps: int) -> None:
    wild = BASE.change(activation="relu", loss="mse", learning_rate=rate, dataset="sine")
    own = Trainer(wild)
    own.run(steps)
    assert own.stopped_by_divergence
    room = paused(client, wild)
    pulse = advance(room, steps)
    assert room.events[-1]["type"] in ("state", "diagnosis")
    state = [event for event in room.events if event["type"] == "state"][-1]
    assert (state["status"], state["stop"]["step"]) == ("diverged", own.stopped.step if own.stopped else 0)
    assert Header.unpack(pulse).step < steps
    room.send(type="advance", steps=1, id=7)
    error = room.event("error")
    assert (error["command"], error["field"], error["expected"]) == (7, "advance", "reset first")


def test_only_a_paused_run_advances_and_only_its_driver_may_ask(client: Open) -> None:
    driver = client(experiment=to_address(BASE))
    welcome = driver.event("welcome")
    driver.send(type="advance", steps=1)
    assert driver.event("error")["expected"] == "a paused run"
    watcher = client(welcome["room"])
    watcher.event("welcome")
    watcher.send(type="advance", steps=1)
    assert watcher.event("error")["was"] == "advance from a student"
    for steps in (0, 501, 1.0, "5"):
        driver.send(type="advance", steps=steps)
        assert driver.event("error")["field"] == "steps"


def test_another_command_has_the_say_over_steps_that_are_under_way(client: Open) -> None:
    room = paused(client, BASE.change(hidden=[64] * 8))
    room.send(type="advance", steps=500)
    room.send(type="reset")
    room.event("run", run=3)
    assert Header.unpack(room.frame(PULSE, where=lambda header: header.run == 3)).step == 0
    assert Header.unpack(advance(room, 2)).step == 2
