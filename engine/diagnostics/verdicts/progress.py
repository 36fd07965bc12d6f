"""Where a run is on its way: not begun, learning, standing still, done, or past it."""

from collections.abc import Iterator

import numpy as np

from ...experiment import Experiment
from ..words import number, times
from .cures import rate, smaller_steps
from .diagnosis import Remedy, Sight, Verdict
from .glance import MUCH_LEFT, STEPS, WINDOW, Glance

#: Overfitting: the test loss is above its best by this share of itself and of a constant answer's loss.
RISEN, RISEN_OF_BASELINE = 0.1, 0.05
#: Gradients of layers that are so many times apart are not called alike.
FAR_APART = 30.0
#: Measurements before anything is said of the test loss, and those whose median is taken.
MEASURED, LATEST = 5, 3


class Diverged(Verdict):
    """The numbers ran away."""

    kind, severity = "diverged", "critical"
    why = (
        "Every step went further than the last one: the loss rose, with it the gradient, and with that the next step."
    )
    advice = "Rewind to the last good step or Reset, then lower the learning rate."

    def look(self, glance: Glance) -> Sight | None:
        """As the trainer says."""
        stopped = glance.trainer.stopped
        return Sight(stopped.sentence, stopped.layer) if stopped is not None and stopped.kind == "diverged" else None

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """Smaller steps, or a limit to them."""
        yield from smaller_steps(experiment)


class Finished(Verdict):
    """A stopping criterion was met."""

    kind, severity = "converged", "good"
    advice = "Play goes on all the same."

    def look(self, glance: Glance) -> Sight | None:
        """As the trainer says."""
        stopped = glance.trainer.stopped
        return None if stopped is None else Sight(stopped.sentence)


class Starting(Verdict):
    """No step yet."""

    kind, severity = "starting", "note"
    advice = "Playing changes them, step by step."

    def look(self, glance: Glance) -> Sight | None:
        """Nothing in the history."""
        return None if len(glance.rows) else Sight("The weights are as the initialiser drew them.")


class Overfitting(Verdict):
    """The test loss rises while the training loss falls."""

    kind, severity = "overfitting", "warning"
    why = "The network has begun to learn its training samples by heart, noise and all; unseen ones pay for it."

    def look(self, glance: Glance) -> Sight | None:
        """The median of the last three measurements against the best one."""
        measured = glance.trainer.measured
        if len(measured) < MEASURED:
            return None
        step, train_then, best = min(measured, key=lambda row: row[2])
        train = sorted(row[1] for row in measured[-LATEST:])[LATEST // 2]
        test = sorted(row[2] for row in measured[-LATEST:])[LATEST // 2]
        # `not … >` so that a loss that is no number is no finding.
        if not test > (1 + RISEN) * best or not train < train_then:
            return None
        if test - best < RISEN_OF_BASELINE * glance.baseline:
            return None
        return Sight(
            f"The test loss has risen from {number(best)} at step {step} to {number(test)}, "
            f"while the training loss fell to {number(train)}: overfitting."
        )

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """More to learn from, or less to learn it with (Krogh and Hertz 1992; Srivastava et al. 2014)."""
        if experiment.source.drawn:
            yield Remedy("more samples", {"samples": min(2000, 4 * experiment.samples)})
        yield Remedy("an L2 penalty of 0.003", {"l2": 0.003})
        yield Remedy("dropout of 0.2", {"dropout": 0.2})


class Plateau(Verdict):
    """The loss stands still, high."""

    kind, severity = "plateau", "warning"
    why = (
        "Where the loss is flat around the weights the gradient is small in every direction, and leads nowhere fast."
    )

    def look(self, glance: Glance) -> Sight | None:
        """Above half the loss of a constant answer."""
        loss = glance.standstill
        if loss is None or loss < MUCH_LEFT * glance.baseline:
            return None
        return Sight(
            f"For {WINDOW} steps the loss has stood still at {number(loss)}; "
            f"always giving the same answer costs {number(glance.baseline)}."
        )

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """Steps that do not depend on the gradient's size, or larger ones."""
        yield Remedy("Adam with η = 0.01", {"optimiser": "adam", "learning_rate": 0.01})
        yield rate(experiment, 3)


class Converged(Verdict):
    """The loss stands still, low."""

    kind, severity = "converged", "good"
    why = "What is left is noise, or more than this network can express."

    def look(self, glance: Glance) -> Sight | None:
        """Below half the loss of a constant answer."""
        loss = glance.standstill
        if loss is None:
            return None
        percent = number(100 * loss / glance.baseline) if glance.baseline else "0"
        return Sight(f"The loss has settled at {number(loss)}, {percent} % of what always the same answer costs.")


class Healthy(Verdict):
    """Nothing to complain about."""

    kind, severity = "healthy", "good"

    def look(self, glance: Glance) -> Sight | None:
        """How far the layers' gradients are apart, or how low the loss is where that no longer matters."""
        smallest = float(glance.norms.min())
        if len(glance.norms) == 1 or smallest <= 0:
            return Sight("The gradient reaches every layer.")
        apart = float(glance.norms.max()) / smallest
        spread = times(apart)
        if apart > FAR_APART and not glance.much_left:
            level = float(np.median(glance.losses[-STEPS:]))
            percent = number(100 * level / glance.baseline) if glance.baseline else "0"
            return Sight(
                f"It has learned: the loss is at {number(level)}, {percent} % of what always the same answer costs, "
                f"though the layers’ gradients are {spread} apart."
            )
        return Sight(f"Every layer learns: its gradient differs at most {spread} from another's.")
