"""Remedies that several verdicts offer."""

from collections.abc import Iterator
from itertools import pairwise

from ...experiment import Experiment
from .diagnosis import Remedy

#: Activations that let half of their inputs through and want He's weights.
RECTIFIERS = {"relu", "leaky_relu", "elu", "gelu", "silu"}
#: The bounds of the learning rate.
LEAST, MOST = 1e-5, 10.0


def rectifier() -> Remedy:
    """He et al. 2015."""
    return Remedy("ReLU with He initialisation", {"activation": "relu", "initialiser": "he", "gain": 1.0})


def residual(experiment: Experiment) -> Iterator[Remedy]:
    """He et al. 2016; only where two hidden layers of the same width follow each other."""
    if any(one == two for one, two in pairwise(experiment.hidden)):
        yield Remedy("residual connections", {"residual": True})


def normalisation() -> Remedy:
    """Ioffe and Szegedy 2015."""
    return Remedy("batch normalisation", {"normalisation": "batch"})


def fitting_start(experiment: Experiment) -> Remedy:
    """He for rectifiers, Xavier for the others; weights that were given go."""
    names = {experiment.activation} if isinstance(experiment.activation, str) else set(experiment.activation)
    start, label = ("he", "He") if names and names <= RECTIFIERS else ("xavier", "Xavier")
    return Remedy(f"{label} initialisation", {"initialiser": start, "gain": 1.0, "weights": None})


def smaller_steps(experiment: Experiment) -> Iterator[Remedy]:
    """A tenth of the rate, or a limit to every step (Pascanu et al. 2013)."""
    yield rate(experiment, 0.1)
    yield Remedy("clipping the gradient's norm at 1", {"clip_norm": 1.0})


def rate(experiment: Experiment, factor: float) -> Remedy:
    """The learning rate times a factor, two digits of it, within its bounds."""
    wanted = min(MOST, max(LEAST, float(f"{experiment.learning_rate * factor:.2g}")))
    return Remedy(f"η = {wanted:g}", {"learning_rate": wanted})
