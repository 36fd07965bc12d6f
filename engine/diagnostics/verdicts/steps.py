"""Whether steps are too large, too small, or lead to and fro."""

from collections.abc import Iterator

import numpy as np

from ...experiment import Experiment
from ..words import number
from .cures import rate, smaller_steps
from .diagnosis import Remedy, Sight, Verdict
from .glance import SWING, Glance

#: A step that changes a layer's weights by more than this share of their size is no small step.
COARSE = 0.5
#: Steps that change no layer by more than this share of its weights are slow where the gradient is no smaller than
#: that share of them: about a thousandth is usual (Karpathy, CS231n, "Ratio of weights:updates").
SLOW, STRONG = 1e-4, 1e-3
#: A loss swings when half a period on it is opposite, a whole period on alike, and the swing is no trifle.
OPPOSITE, ALIKE, TRIFLE = -0.6, 0.4, 0.02
#: Half periods that are looked for, in steps.
HALF_PERIODS = range(1, 7)


class Coarse(Verdict):
    """Learning rate too high: steps as large as the weights themselves."""

    kind, severity = "coarse", "warning"
    why = "The gradient is true only near where it was measured; so large a step lands where it says nothing."

    def look(self, glance: Glance) -> Sight | None:
        """A layer that changes by more than half."""
        if glance.trace is None or not glance.trace.updated:
            return None
        ratios = glance.update_ratios
        layer = int(ratios.argmax())
        if ratios[layer] <= COARSE:
            return None
        percent = round(100 * min(float(ratios[layer]), 99.0))
        return Sight(f"One step changes the weights of layer {layer + 1} by {percent} %: η is too large.", layer + 1)

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """A tenth of it, or a limit."""
        yield from smaller_steps(experiment)


class Oscillating(Verdict):
    """The loss goes to and fro with a period of two steps up to twelve."""

    kind, severity = "oscillating", "warning"
    why = "Each step jumps over the valley's floor to the other slope, and the next one back again."

    def look(self, glance: Glance) -> Sight | None:
        """The losses' correlation with themselves, half a period and a whole one later, their trend taken off."""
        losses = glance.losses
        if len(losses) < SWING or not np.isfinite(losses).all():
            return None
        places = np.arange(len(losses)) - (len(losses) - 1) / 2
        mean = float(losses.mean())
        swing = losses - mean - places * (places.dot(losses) / places.dot(places))
        power = float(swing.dot(swing))
        if power <= (TRIFLE * mean) ** 2 * len(losses):
            return None
        for half in HALF_PERIODS:
            opposite = float(swing[half:].dot(swing[:-half])) / power
            if opposite < OPPOSITE and float(swing[2 * half :].dot(swing[: -2 * half])) / power > ALIKE:
                low, high = number(float(losses.min())), number(float(losses.max()))
                return Sight(f"The loss swings between {low} and {high}, to and fro every {2 * half} steps.")
        return None

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """Smaller steps, or less of the old ones."""
        yield rate(experiment, 1 / 3)
        if experiment.optimiser in ("momentum", "nesterov") and experiment.momentum > 0.5:
            yield Remedy("momentum 0.5", {"momentum": 0.5})
        yield Remedy("a rate that falls along a cosine", {"schedule": "cosine"})


class Slow(Verdict):
    """Learning rate too low: there is a gradient, and much to learn, but hardly any step."""

    kind, severity = "slow", "note"
    why = (
        "A step is η times the gradient: with an η this small the weights stay where they are for thousands of steps."
    )

    def look(self, glance: Glance) -> Sight | None:
        """No layer changes by a ten-thousandth, though the gradient is strong and the loss high."""
        if glance.trace is None or not glance.trace.updated or len(glance.losses) < SWING:
            return None
        largest = float(glance.update_ratios.max())
        if not 0 < largest < SLOW or glance.gradient_ratios.max() < STRONG:
            return None
        if not glance.much_left:
            return None
        return Sight(f"One step changes no layer's weights by more than {number(100 * largest)} %: η is too small.")

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """Larger steps, or ones that do not depend on the gradient's size."""
        yield rate(experiment, 10)
        yield Remedy("Adam with η = 0.01", {"optimiser": "adam", "learning_rate": 0.01})
