"""The loop of a run: it goes on after an interruption, lets a half made step go, and reuses a trace nobody has."""

import numpy as np
import pytest
from nablascope.engine import Experiment, Stop, Trainer
from nablascope.engine.tape import copy, play, straight

#: Epochs of three batches and a smaller one.
SMALL = Experiment(hidden=[4, 4], samples=100, test_share=0.2, batch_size=24)


class Interrupted(BaseException):
    """What a signal raises."""


@pytest.fixture(params=["step", "run", "begin", "finish"])
def interrupted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    """A trainer one of whose calls was interrupted in its midst."""
    where = "_for_batches_of" if request.param == "begin" else "_follow_schedule"
    true, due = getattr(Trainer, where), []

    def sometimes(trainer: Trainer, *given: int) -> object:
        if due:
            raise due.pop()
        return true(trainer, *given)

    monkeypatch.setattr(Trainer, where, sometimes)
    trainer = Trainer(SMALL.change(schedule="cosine"))
    if request.param != "begin":
        trainer.run(2)
    if request.param == "finish":
        trainer.begin()
    due.append(Interrupted())
    with pytest.raises(Interrupted):
        trainer.run(5) if request.param == "run" else getattr(trainer, request.param)()
    return trainer


@pytest.mark.filterwarnings("error")
def test_a_run_that_was_interrupted_goes_on(interrupted: Trainer) -> None:
    assert interrupted.trace is None and not interrupted.pending
    steps = interrupted.steps
    assert interrupted.step().step == steps + 1
    assert interrupted.run(10) == 10
    assert interrupted.begin().step == steps + 12
    assert interrupted.finish().updated
    assert interrupted.history.since(0, 100)[-1, 0] == interrupted.steps == steps + 12


def test_a_step_that_was_made_but_not_written_down_leaves_a_gap_and_no_other_step_in_its_place() -> None:
    trainer = Trainer(SMALL)
    trainer.run(3)
    true, trainer.history.add = trainer.history.add, lambda _: (_ for _ in ()).throw(Interrupted())
    trainer.end(Stop("epochs", 3, "Another loop, which writes elsewhere."))
    trainer.resume()
    with pytest.raises(Interrupted):
        trainer.step()
    assert trainer.steps == 4
    trainer.history.add = true
    trainer.end(Stop("epochs", 3, "And one that writes again."))
    trainer.resume()
    trainer.run(2)
    assert trainer.history.since(0, 100)[:, 0].tolist() == [1, 2, 3, 5, 6]


def test_a_run_that_is_ended_lets_its_half_made_step_go() -> None:
    trainer = Trainer(SMALL)
    trainer.run(3)
    trainer.begin()
    theta = trainer.network.theta.copy()
    trainer.end(Stop("epochs", 3, "All done."))
    assert not trainer.pending
    assert trainer.run(5) == 0 and trainer.step() is trainer.begin() is trainer.trace
    assert np.array_equal(trainer.network.theta, theta)
    trainer.resume()
    assert trainer.run(5) == 5


def test_a_trace_that_nobody_has_serves_the_next_step_and_one_that_somebody_has_does_not() -> None:
    trainer = Trainer(SMALL)
    known = id(trainer.step())
    assert id(trainer.step()) == known
    held = trainer.step()
    after = trainer.step()
    assert after is not held and (held.step, after.step) == (3, 4)
    assert held.kept and not after.kept


def test_a_written_out_tape_makes_the_same_calls_in_the_same_order() -> None:
    made: list[tuple[object, ...]] = []
    tape = [(lambda *given, name=name: made.append((name, *given)), tuple(range(name))) for name in range(4)]
    straight(tape)()
    expected, made[:] = list(made), []
    play(tape)
    assert made == expected == [(0,), (1, 0), (2, 0, 1), (3, 0, 1, 2)]
    assert straight([])() is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_copies(dtype: str) -> None:
    source, square = np.arange(12, dtype=dtype), np.arange(12, dtype=dtype).reshape(3, 4)
    for into, given in [
        (np.zeros(12, dtype), source), (np.zeros(24, dtype)[::2], source), (np.zeros(6, dtype), source[::2]),
        (np.zeros((3, 4), dtype), square), (np.zeros((4, 3), dtype).T, square), (np.zeros((3, 4), dtype), square[0]),
        (np.zeros(12), source), (np.zeros(0, dtype), source[:0]), (np.zeros(5, dtype), source[:1]),
    ]:  # fmt: skip
        play([copy(into, given)])
        assert np.array_equal(into, np.broadcast_to(given, into.shape))
