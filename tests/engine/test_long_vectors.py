"""The step of a long vector is written down only when somebody reads its trace: it is the one that was subtracted."""

from collections.abc import Callable

import numpy as np
import pytest
from nablascope.engine import Experiment, Trace, Trainer
from nablascope.engine.optimisers import OPTIMISERS

LONG = Experiment(hidden=[6, 6], batch_size=8, samples=64, learning_rate=0.01, clip_norm=1.0)


@pytest.fixture(autouse=True)
def _long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has more than 20 parameters is long here."""
    monkeypatch.setattr("nablascope.engine.step.update.BLOCK", 20)


def trainer(name: str) -> Trainer:
    made = Trainer(LONG.change(optimiser=name))
    assert made.network.theta.size > 20
    made.run(3)
    return made


@pytest.mark.parametrize("name", OPTIMISERS)
def test_what_was_subtracted(name: str) -> None:
    run = trainer(name)
    trace = run.step()
    assert np.array_equal(trace.theta - trace.flat_change, run.network.theta)
    assert trace.flat_change.any()


LATER: dict[str, Callable[[Trainer], object]] = {
    "steps": lambda run: run.run(2),
    "a half made step": lambda run: run.begin(),
    "another rate": lambda run: run.set(learning_rate=0.5, momentum=0.1, beta1=0.1, beta2=0.5, rho=0.2),
    "another optimiser": lambda run: run.set(optimiser="sgd", learning_rate=0.5),
    "another batch size": lambda run: run.set(batch_size=16),
    "a step back": lambda run: run.back(),
    "asking what a step would be": lambda run: run.step_per_rate(),
}


@pytest.mark.parametrize("name", ["nesterov", "rmsprop", "adam", "adamw"])
@pytest.mark.parametrize("later", LATER)
def test_it_stays_true_whatever_comes_between(name: str, later: str) -> None:
    run = trainer(name)
    trace: Trace = run.step()
    after = run.network.theta.copy()
    LATER[later](run)
    assert np.array_equal(trace.theta - trace.flat_change, after)


def test_before_the_update_there_is_none() -> None:
    run = trainer("adam")
    run.step()
    assert np.isnan(run.begin().flat_change).all()
    trace = run.finish()
    assert np.array_equal(trace.theta - trace.flat_change, run.network.theta)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_step_that_is_asked_for_is_the_one_that_is_made(name: str) -> None:
    run = trainer(name)
    run.begin()
    asked = run.step_per_rate() * np.float32(LONG.learning_rate)
    assert run.finish().flat_change == pytest.approx(asked, rel=1e-5, abs=1e-12)
