"""Instruments that try what the run has not done: other learning rates, other weights. They are in `queue`."""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ....engine import ExperimentError
from ....engine.diagnostics import (
    Finding,
    Pauses,
    landscape_with_pauses,
    range_test_with_pauses,
    step_lens_with_pauses,
)  # fmt: skip

if TYPE_CHECKING:
    from ..run import TrainingRun

About = dict[str, Any]
Parts = Iterator[dict[str, Any]]
#: What may be asked for where the engine has no bounds of its own.
LARGEST_SEED = 2**32 - 1


def read_about(about: About, **defaults: object) -> list[Any]:
    """What is asked about, in the order of the defaults, each of its default's type; ExperimentError for the rest.

    >>> read_about({"steps": 50}, steps=100, plane="random")
    [50, 'random']
    """
    for name, was in about.items():
        if name not in defaults:
            raise ExperimentError(f"about.{name}", was, f"only {', '.join(defaults)}")
        kind = type(defaults[name])
        if type(was) is not kind:
            raise ExperimentError(f"about.{name}", was, {int: "a whole number", str: "a text"}[kind])
    return [about.get(name, default) for name, default in defaults.items()]


def lens(run: "TrainingRun", about: About) -> Pauses[dict[str, Any] | None]:
    """The true loss along the step for every learning rate; None when there is no finite step."""
    (direction,) = read_about(about, direction="optimiser")
    found = yield from step_lens_with_pauses(run.trainer, direction)
    return None if found is None else found.to_dict()


def rate_range(run: "TrainingRun", about: About) -> Parts:
    """The learning-rate range test, a step a part."""
    (steps,) = read_about(about, steps=100)
    return parts_of(range_test_with_pauses(run.trainer, steps), "step")


def loss_landscape(run: "TrainingRun", about: About) -> Parts:
    """The loss in a plane around the weights, a row a part; the same seed draws the same directions and samples."""
    plane, points, seed = read_about(about, plane="random", points=25, seed=0)
    if not 0 <= seed <= LARGEST_SEED:
        raise ExperimentError("about.seed", seed, f"a whole number from 0 to {LARGEST_SEED}")
    rng = np.random.default_rng(seed)
    return parts_of(landscape_with_pauses(run.trainer, rng, plane, points), "row", first=0)


def parts_of(work: Generator[Finding | None, None, Finding], count: str, first: int = 1) -> Parts:
    """Each piece with its `progress`, by its field `count` of `of`, then the whole as `result`; a pause is empty."""
    while True:
        try:
            told = next(work)
        except StopIteration as end:
            yield {"progress": 1.0, "result": end.value.to_dict()}
            return
        if told is None:
            yield {}
            continue
        piece = told.to_dict()
        yield {"progress": (piece[count] + 1 - first) / piece["of"], **piece}
