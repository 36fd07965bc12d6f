"""The prepared tapes are the textbook's step: for random experiments of the whole space, to 1e-12 in float64."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from nablascope.engine import ACTIVATIONS, LOSSES, Experiment, ExperimentError, Trace, Trainer
from nablascope.engine.activations import Tanh
from nablascope.engine.step import formulas, textbook
from nablascope.engine.step.textbook import Layer, Textbook, Values
from nablascope.engine.tape import Array

DESCRIBED = Experiment.describe()
TOLERANCE = 1e-12
#: Experiments, and steps of each.
EXPERIMENTS, STEPS = 320, 3
TABLE = "length,width,kind\n" + "\n".join(f"{n % 7}.5,{n % 5 * 0.3:g},{'abc'[n % 3]}" for n in range(40))
#: What is drawn otherwise than by its description: networks and batches are small, for speed.
DRAWN: dict[str, Callable[[np.random.Generator], Any]] = {
    "hidden": lambda rng: rng.choice([1, 2, 5, 5, 8, 8], rng.integers(0, 6)).tolist(),
    "batch_size": lambda rng: int(rng.integers(1, 40)),
    "samples": lambda rng: int(rng.integers(20, 200)),
    "learning_rate": lambda rng: float(10 ** rng.uniform(-4, 0)),
    "seed": lambda rng: int(rng.integers(2**32)),
    **dict.fromkeys(("l1", "l2", "clip_norm", "clip_value"), lambda rng: float(10 ** rng.uniform(-4, 0))),
}
#: What comes with another, and what says nothing about a single step.
LEFT_OUT = {"dataset", "own_data", "loss", "weights", "stop_loss", "stop_patience", "stop_watch", "stop_epochs"}


def value(name: str, rng: np.random.Generator) -> Any:
    """Some value that this setting allows."""
    row = DESCRIBED[name]
    if name in DRAWN:
        return DRAWN[name](rng)
    kind, names = row["kind"].removeprefix("optional_"), [choice["name"] for choice in row.get("choices", [])]
    match kind:
        case "flag":
            return bool(rng.integers(2))
        case "number":
            return float(rng.uniform(row["minimum"], row["maximum"]))
        case "integer":
            return int(rng.integers(row["minimum"], row["maximum"]))
        case "activations":
            return str(rng.choice(names))
        case "features":
            return rng.choice(names, rng.integers(1, len(names)), replace=False).tolist()
    return str(rng.choice(names))


def experiment(seed: int) -> Experiment:
    """Every setting has an even chance of not being its default; what does not go together is drawn again."""
    rng = np.random.default_rng(seed)
    while True:
        dataset = value("dataset", rng)
        bare = Experiment().change(**{"own_data": TABLE} if dataset == "own" else {"dataset": dataset})
        names = [name for name in DESCRIBED if name not in LEFT_OUT and rng.integers(2)]
        changes = {name: value(name, rng) for name in names} | {"loss": str(rng.choice(bare.source.losses))}
        if "activation" in changes and rng.integers(2):
            changes["activation"] = [value("activation", rng) for _ in changes.get("hidden", bare.hidden)]
        try:
            return bare.change(**changes)
        except ExperimentError:
            continue


def distance(ours: Values, theirs: Values, scale: float = 0.0, rounding: float = 0.0) -> float:
    """The largest difference of any entry, beyond rounding, in units of the largest entry, or of the scale.

    NaN where any is: NumPy's maximum keeps it, Python's does not.
    """
    difference = np.max([np.abs(ours[name] - theirs[name]).max() for name in theirs])
    largest = np.max([scale, *(np.abs(one).max() for one in theirs.values())])
    return float(np.maximum(0.0, difference - rounding) / (largest or 1.0))


def gradients_of(book: Textbook, trace: Trace) -> tuple[float, Values, Array, list[Layer]]:
    """Loss and gradients as the textbook has them, the error at the output, and what the layers have computed."""
    layers = book.forward(trace.x, trace.masks)
    loss, error = book.loss(layers[-1], trace.y)
    gradients = book.backward(layers, error, trace.masks)
    return book.penalise(loss, gradients), gradients, error, layers


def wobble(book: Textbook, trace: Trace) -> float:
    """How far the gradients move when each parameter moves in its last digits."""
    rng = np.random.default_rng(0)
    moved = {name: theta * (1 + 1e-15 * rng.normal(size=theta.shape)) for name, theta in book.parameters.items()}
    _, gradients, error, _ = gradients_of(book, trace)
    _, others, _, _ = gradients_of(Textbook(book.experiment, moved), trace)
    return distance(others, gradients, scale=float(np.abs(error).max()))


def disagreements(experiment: Experiment) -> Iterator[dict[str, float]]:
    """How far the tapes are from the textbook, step by step, as far as the numbers stay finite.

    Each step begins with the tapes' parameters, and each update with their gradient: what is rounding in the one
    would be a difference of substance after a division by a root of it. A step is left out where rounding decides,
    as at a corner of ReLU, or where all units of a normalised layer are the same.
    """
    trainer = Trainer(experiment, dtype="float64")
    network, book = trainer.network, Textbook(experiment, trainer.network.parameters)
    for _ in range(STEPS):
        trace = trainer.begin()
        if trainer.stopped is not None:
            return
        unsteady = wobble(book, trace) > TOLERANCE / 10
        loss, gradients, error, layers = gradients_of(book, trace)
        book.remember(layers)
        true = trace.gradients
        trace = trainer.finish()
        book.update(true, trace.learning_rate)
        size, change = float(np.abs(network.theta).max()), float(np.abs(trace.flat_change).max())
        if not unsteady:
            running = {str(n): network.statistics_of(n) for n in book.running if book.normalised(n)}
            ours = {str(n): np.array(means) for n, means in book.running.items()}
            yield {
                "loss": abs(loss - trace.loss) / (abs(loss) or 1.0),
                "gradients": distance(gradients, true, scale=float(np.abs(error).max())),
                "update": distance(book.parameters, network.parameters, rounding=1e-15 * size) * size / (change or 1),
                "running": distance(ours, running) if experiment.normalisation == "batch" and running else 0.0,
            }
        book.parameters = {name: theta.copy() for name, theta in network.parameters.items()}


def worst(seeds: Iterable[int]) -> tuple[int, dict[str, float]]:
    """Of how many experiments, and by how much at worst, with NumPy as silent as a trainer keeps it."""
    compared, most = 0, dict.fromkeys(("loss", "gradients", "update", "running"), 0.0)
    with np.errstate(all="ignore"):
        for seed in seeds:
            found = list(disagreements(experiment(seed)))
            compared += bool(found)
            most = {name: float(np.max([most[name], *(step[name] for step in found)])) for name in most}
    return compared, most


def test_random_experiments_take_the_steps_of_the_textbook() -> None:
    compared, most = worst(range(EXPERIMENTS))
    assert compared >= 300
    assert max(most.values()) < TOLERANCE, most


def test_the_random_experiments_reach_every_choice_and_the_textbook_knows_each() -> None:
    drawn = [experiment(seed) for seed in range(EXPERIMENTS)]
    for name, row in DESCRIBED.items():
        if name in LEFT_OUT - {"dataset", "loss"}:
            continue
        values = [getattr(one, name) for one in drawn]
        seen = {choice for one in values for choice in (one if isinstance(one, tuple) else [one])}
        names = {choice["name"] for choice in row.get("choices", [])}
        assert names <= seen and len(seen) > 1, (name, names - seen)
    assert set(formulas.ACTIVATIONS) == set(ACTIVATIONS) and set(formulas.LOSSES) == set(LOSSES)


REMEMBER = Textbook.remember
#: A formula that is wrong by a sign or a factor: which number tells.
FAULTS: dict[str, tuple[object, str, Any, str]] = {
    "the slope of tanh": (
        formulas.ACTIVATIONS, "tanh", (np.tanh, lambda z, a: 1 + a**2), "gradients",
    ),
    "the value of softsign": (
        formulas.ACTIVATIONS, "softsign", (np.tanh, formulas.ACTIVATIONS["softsign"][1]), "gradients",
    ),
    "the derivative of a loss": (
        formulas.LOSSES, "huber", (formulas.LOSSES["huber"][0], lambda out, y: (out - y) / y.size), "gradients",
    ),
    "the loss alone": (
        formulas.LOSSES, "mae", (lambda out, y: np.abs(out - y).sum(), formulas.LOSSES["mae"][1]), "loss",
    ),
    "the axis of a normalisation": (textbook.AXES, "layer", 0, "gradients"),
    "what belongs to a loss": (formulas.BELONGS, "softmax_cross_entropy", "sigmoid", "gradients"),
    "residual connections": (Textbook, "skips", lambda self, number: False, "gradients"),
    "penalties": (Textbook, "penalise", lambda self, loss, gradients: loss, "loss"),
    "clipping": (textbook, "clipped", lambda gradients, limits: gradients, "update"),
    "an optimiser": (
        textbook, "optimise", lambda knobs, t, g, m, v: formulas.optimise(knobs, t + 1, g, m, v), "update",
    ),
    "running statistics": (
        Textbook, "remember", lambda self, layers: REMEMBER(self, [one._replace(z=-one.z) for one in layers]),
        "running",
    ),
    "the tape of tanh": (Tanh, "slope", lambda self, z, a, slope: [(np.multiply, (a, a, slope))], "gradients"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_formula_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, wrong, told = FAULTS[fault]
    (monkeypatch.setitem if isinstance(place, dict) else monkeypatch.setattr)(place, name, wrong)
    _, most = worst(range(40))
    assert most[told] > 1e-6
