"""A place in a network that somebody points at: a unit, a weight, a bias, a layer, an input, or the loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ExperimentError
from ..step.network import Network
from ..step.trace import Trace
from ..training.trainer import Trainer
from .finding import Finding

#: What can be pointed at: kind → the numbers that say which one.
KINDS: dict[str, tuple[str, ...]] = {
    "unit": ("layer", "unit"),
    "weight": ("layer", "unit", "source"),
    "bias": ("layer", "unit"),
    "input": ("unit",),
    "layer": ("layer",),
    "loss": (),
}
#: Places that hold one number, by which the loss can be differentiated.
NUMBERS = ("weight", "bias", "input")


@dataclass(frozen=True)
class Place(Finding):
    """Layers count from 1, units and sources (units of the layer before) from 0. What a kind has no use for is 0."""

    kind: str
    layer: int = 0
    unit: int = 0
    source: int = 0

    @classmethod
    def of(cls, about: Mapping[str, Any], sizes: Sequence[int], kinds: Sequence[str] = tuple(KINDS)) -> "Place":
        """From plain data, strictly: ExperimentError says what was wrong.

        >>> Place.of({"kind": "weight", "layer": 1, "unit": 3, "source": 0}, [2, 4, 1])
        Place(kind='weight', layer=1, unit=3, source=0)
        """
        kind = about.get("kind")
        if not isinstance(kind, str) or kind not in kinds:
            raise ExperimentError("kind", kind, f"one of {', '.join(kinds)}")
        wanted = KINDS[kind]
        for name in about:
            if name != "kind" and name not in wanted:
                raise ExperimentError(name, about[name], f"only {', '.join(('kind', *wanted))}")
        layer = whole(about, "layer", 1, len(sizes) - 1) if "layer" in wanted else 0
        unit = whole(about, "unit", 0, sizes[layer] - 1) if "unit" in wanted else 0
        source = whole(about, "source", 0, sizes[layer - 1] - 1) if "source" in wanted else 0
        return cls(kind, layer, unit, source)

    def flat(self, network: Network) -> int:
        """Where a weight or a bias stands in θ."""
        row = network.sizes[self.layer - 1] if self.kind in ("bias", "unit") else self.source
        return int(network.views(np.arange(network.theta.size))[self.layer][row, self.unit])


def whole(about: Mapping[str, Any], name: str, low: int, high: int) -> int:
    """A whole number of what was asked, within its bounds."""
    value = about.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ExperimentError(name, value, f"a whole number from {low} to {high}")
    return value


def last_step(trainer: Trainer) -> Trace | None:
    """The step to look into; None before the first one, and when the network has been rebuilt since."""
    trace = trainer.trace
    return trace if trace is not None and trace.network is trainer.network else None
