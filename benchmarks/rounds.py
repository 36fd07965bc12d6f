"""Contenders measured in turns, in one process, so that what disturbs one disturbs all of them."""

import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from machine import percentile


@dataclass(frozen=True)
class Contender:
    """`run(n)` makes n training steps and gives the last loss; None: it has none."""

    run: Callable[[int], float | None]
    #: Steps come in multiples of this.
    stride: int = 1


@dataclass(frozen=True)
class Times:
    """Microseconds a step: what the machine can do when nobody else wants it, and what it did."""

    p10: float
    median: float


def measure(
    groups: Sequence[Mapping[str, Contender]], rounds: int, block: int, seconds: float = 0
) -> list[dict[str, Times]]:
    """In each round a block of steps of each, in an order drawn anew, as each leaves its data in the caches.

    At least so many rounds, and for so many seconds: a machine has moods that last for some. So every round goes
    through all groups, each of which is compared within itself.
    """
    times: list[dict[str, list[float]]] = [{name: [] for name in group} for group in groups]
    rng, end, made = random.Random(1), time.perf_counter() + seconds, 0
    while made < rounds or time.perf_counter() < end:
        made += 1
        for group, taken in zip(groups, times, strict=True):
            for name, contender in rng.sample(list(group.items()), len(group)):
                steps = contender.stride * math.ceil(block / contender.stride)
                begun = time.perf_counter()
                contender.run(steps)
                taken[name].append(1e6 * (time.perf_counter() - begun) / steps)
    return [{name: summed_up(all_of) for name, all_of in taken.items()} for taken in times]


def summed_up(microseconds: Sequence[float]) -> Times:
    return Times(percentile(microseconds, 0.1), percentile(microseconds, 0.5))


def warm_up(contenders: Mapping[str, Contender], steps: int = 50) -> None:
    """The first steps, untimed: from the same weights with the same batches they have to lead to the same loss."""
    losses = {name: contender.run(steps) for name, contender in contenders.items()}
    known = {name: loss for name, loss in losses.items() if loss is not None}
    first = next(iter(known.values()))
    for name, loss in known.items():
        if not abs(loss - first) <= 1e-3 * abs(first):
            raise SystemExit(f"{name}: the loss after {steps} steps was {loss}, expected {first}: not the same work")
