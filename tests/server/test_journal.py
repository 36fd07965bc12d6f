"""A run that is repeated from a checkpoint and the notes after it is the same run, to the bit."""

import json
import math
import random
from typing import Any

import pytest
from nablascope.engine import Experiment
from nablascope.server.training import checkpoint, journal
from nablascope.server.training.backlog import Backlog
from nablascope.server.training.run import TrainingRun
from nablascope.server.wire import messages
from nablascope.server.wire.protocol import AFTER, HEADER, HISTORY, PARAMETERS, PULSE, Header

EXPERIMENT = Experiment(dataset="moons", hidden=[5, 4], optimiser="adam", learning_rate=0.02, batch_size=16, seed=4)
WILD = Experiment(dataset="sine", loss="mse", activation="relu", initialiser="he", learning_rate=10, hidden=[5, 4])
LIVE = (
    "learning_rate",
    "momentum",
    "l2",
    "batch_size",
    "activation",
    "optimiser",
    "dropout",
    "noise",
    "own_data",
    "dataset",
)
TABLES = ["\n".join(f"{i},{i * 7 % 30},{i * k % 3 % 2}" for i in range(40)) for k in (1, 2)]


class Told:
    """A run, what it was told, and its last checkpoint: as a training process has it."""

    def __init__(self, experiment: Experiment = EXPERIMENT, speed: int = 4) -> None:
        self.now = 100.0
        self.run = TrainingRun(experiment, self.now, speed=speed)
        self.save()

    def save(self) -> None:
        self.saved, self.notes = checkpoint.pack(self.run), []

    def tell(self, type: str, **more: Any) -> None:
        command = {"type": type, **more}
        note = json.loads(json.dumps(journal.note(self.run, command, self.now)))
        journal.carry_out(self.run, command, 1, self.now)
        if type in journal.BACKWARDS:
            self.save()
        elif type not in journal.SILENT:
            self.notes.append(note)

    def pass_time(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += 0.004
            self.run.advance(self.now, self.run.rates.clock() + 0.0002)
        self.run.outbox.clear()

    def repeated(self) -> TrainingRun:
        """The run as another process would have it."""
        run, repeat = checkpoint.unpack(self.saved, self.now), journal.Repeat(self.notes)
        for _ in range(100_000):
            if repeat.go_on(run, self.now, 0.0):  # in portions as small as they can be
                assert not run.outbox
                return run
        raise AssertionError("it never ends")


def assert_same(one: TrainingRun, other: TrainingRun) -> None:
    """In all that a viewer is told, and in what training goes on from."""
    for name in ("speed", "playing", "held", "resumes", "run", "revision", "marks", "status", "preset"):
        assert getattr(one, name) == getattr(other, name), name
    assert (one.tip and one.tip.steps) == (other.tip and other.tip.steps)
    assert (one.trainer.steps, one.trainer.pending) == (other.trainer.steps, other.trainer.pending)
    assert one.trainer.experiment == other.trainer.experiment
    # What is yet to come is the same, too: memory, batch order, random numbers, criteria.
    for run in (one, other):
        run.trainer.run(60)
    assert one.trainer.steps == other.trainer.steps
    assert one.trainer.network.theta.tobytes() == other.trainer.network.theta.tobytes()


@pytest.mark.parametrize("saved", ["before", "on the way"])
def test_steps_in_one_go_are_all_made_again(saved: str) -> None:
    told = Told()
    told.tell("pause")
    told.save()
    told.tell("advance", steps=400, pictures=False)
    while told.run.trainer.steps < 100:
        told.run.advance(told.now, 0.0)
    assert told.run.burst.goal is not None
    if saved == "on the way":
        told.save()
    again = told.repeated()
    told.pass_time(2.0)
    assert told.run.burst.goal is None
    assert_same(told.run, again)


def change(draw: random.Random) -> dict[str, Any]:
    name = draw.choice(LIVE)
    values: dict[str, Any] = {
        "learning_rate": round(10 ** draw.uniform(-3, 0), 4), "momentum": round(draw.uniform(0, 0.9), 2),
        "l2": round(draw.uniform(0, 0.01), 4), "batch_size": draw.choice([1, 8, 32]), "noise": draw.uniform(0, 0.3),
        "activation": draw.choice(["tanh", "relu", "sigmoid"]), "optimiser": draw.choice(["sgd", "adam", "momentum"]),
        "dropout": draw.choice([0.0, 0.2]), "own_data": draw.choice(TABLES), "dataset": draw.choice(["xor", "moons"]),
    }  # fmt: skip
    return {name: values[name]}


def say(told: Told, draw: random.Random) -> None:
    """One of all commands, as often as they come in a lesson, about."""
    kind = draw.randrange(22)
    if kind < 9:
        told.tell("set", changes=change(draw))
    elif kind == 9:
        told.tell("set", changes={"hidden": draw.choice([[3], [4, 4]])}, reset=draw.random() < 0.7)
    elif kind == 10:
        told.tell("set", changes={"stop_epochs": draw.choice([None, 3, 40])})
    elif kind == 11:
        told.tell("hold", held=draw.random() < 0.5)
    elif kind == 12:
        told.tell("advance", steps=draw.randint(1, 40), pictures=False)
    elif kind == 13:
        told.tell(draw.choice(["reset", "back", "rewind"]))
    elif kind in (14, 15):
        told.tell("visit", step=draw.randint(0, 2 * told.run.trainer.steps + 1))
    elif kind == 16:
        told.tell("speed", value=draw.randint(0, 6))
    else:
        told.tell(draw.choice(["play", "play", "pause", "layer", "step"]))


@pytest.mark.parametrize("seed", range(40))
def test_whatever_it_was_told_it_is_the_same_again(seed: int) -> None:
    draw = random.Random(seed)
    told = Told(draw.choice([EXPERIMENT, EXPERIMENT, WILD]), speed=draw.randint(0, 6))
    for _ in range(60):
        say(told, draw)
        told.pass_time(draw.choice([0.0, 0.004, 0.1]))
        if draw.random() < 0.1:
            told.save()
    # Where the last command was told: what came after it goes on by the clock.
    told.tell("pause")
    assert_same(told.repeated(), told.run)


def test_parameters_of_a_run_that_has_come_back_are_those_after_its_last_step() -> None:
    told = Told()
    told.pass_time(0.2)
    told.save()
    run = told.repeated()
    run.send(told.now, PARAMETERS)
    header = Header.unpack(run.outbox[-1][2])
    assert header.step == told.run.trainer.steps > 0 and header.flags & AFTER


def test_a_run_that_ended_by_itself_does_not_play_on() -> None:
    told = Told(EXPERIMENT.change(stop_epochs=2))
    told.tell("speed", value=6)
    told.pass_time(0.5)
    assert told.run.status == "stopped"
    told.tell("set", changes={"stop_epochs": None})
    assert (told.repeated().status, told.run.status) == ("paused", "paused")
    told.tell("set", changes={"stop_epochs": 1})
    told.tell("play")
    told.pass_time(0.5)
    assert told.run.status == "stopped"
    told.save()
    assert told.repeated().status == "stopped"
    told.tell("play")
    told.pass_time(0.3)
    told.tell("pause")
    assert_same(told.repeated(), told.run)


def test_what_diverged_has_diverged_and_can_begin_anew() -> None:
    told = Told(WILD, 6)
    told.pass_time(0.5)
    assert told.run.status == "diverged"
    told.tell("play")
    assert told.repeated().status == "diverged"
    told.save()
    assert told.repeated().trainer.stopped == told.run.trainer.stopped
    told.tell("set", changes={"learning_rate": 0.01}, reset=True)
    assert_same(told.repeated(), told.run)


@pytest.mark.parametrize("layers", range(1, 7))
def test_a_wave_stands_where_it_stood(layers: int) -> None:
    told = Told(speed=0)
    told.tell("pause")
    for _ in range(layers):
        told.tell("layer")
    assert told.run.wave is not None
    for again in (told.repeated(), checkpoint.unpack(checkpoint.pack(told.run), told.now)):
        assert again.wave is not None
        assert (again.wave.phase, again.wave.running) == (told.run.wave.phase, False)
    told.tell("set", changes={"learning_rate": 0.5})
    assert_same(told.repeated(), told.run)


def test_a_step_that_was_asked_for_is_made() -> None:
    told = Told(speed=0)
    told.tell("pause")
    told.tell("step")
    for again in (told.repeated(), checkpoint.unpack(checkpoint.pack(told.run), told.now)):
        steps = again.trainer.steps
        for _ in range(1000):
            told.now += 0.01
            again.advance(told.now, math.inf)
        assert again.trainer.steps == steps + 1 == told.run.trainer.steps + 1


def frame(kind: int, mark: int) -> tuple[int, bytes]:
    return messages.FRAME, bytes([0] * 5 + [kind] + [0] * (HEADER.size - 6) + [mark])


def test_what_follows_from_a_note_waits_for_it_and_for_none_after_it() -> None:
    backlog = Backlog()
    assert not backlog
    event, other = (messages.EVENT, b"{}"), (messages.DONE, b"1234")
    backlog.note()
    backlog.put(*event)
    backlog.put(*frame(PULSE, 1))
    backlog.note()
    backlog.put(*other)
    assert backlog
    assert backlog.written() == [event, frame(PULSE, 1)]
    assert backlog
    assert backlog.written() == [other]
    assert not backlog


def test_of_frames_that_wait_only_the_newest_of_a_kind_is_kept_and_history_is_kept_whole() -> None:
    backlog = Backlog()
    backlog.note()
    for mark in range(5):
        for kind in (PULSE, PARAMETERS, HISTORY):
            backlog.put(*frame(kind, mark))
    backlog.note()
    backlog.put(*frame(PULSE, 9))
    free = backlog.written()
    assert [said for said in free if said[1][5] == HISTORY] == [frame(HISTORY, mark) for mark in range(5)]
    assert [said for said in free if said[1][5] != HISTORY] == [frame(PULSE, 4), frame(PARAMETERS, 4)]
    assert backlog.written() == [frame(PULSE, 9)]


def test_however_many_commands_come_at_one_step_a_repetition_pauses_between_them() -> None:
    told = Told(speed=0)
    told.tell("pause")
    for place in range(6):
        told.tell("set", changes={"learning_rate": 0.1 + place / 100})
    assert len({note["steps"] for note in told.notes}) == 1
    run, repeat, now = checkpoint.unpack(told.saved, told.now), journal.Repeat(told.notes), [0.0]
    run.rates.clock = lambda: now.__setitem__(0, now[0] + 0.3) or now[0]  # type: ignore[func-returns-value]
    pieces = 1
    while not repeat.go_on(run, told.now, now[0] + 0.5):
        pieces += 1
    assert pieces >= 3
    assert_same(run, told.run)
