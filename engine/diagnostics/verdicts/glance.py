"""A glance at a run: the numbers that verdicts are made from, each found when it is first asked for."""

from functools import cached_property

import numpy as np

from ...activations import ACTIVATIONS
from ...losses import LOSSES, Loss
from ...losses.base import End
from ...tape import Array, Tape, play
from ...training.trainer import Trainer
from ..taken_apart import SATURATED, saturated_and_dead

#: Norms jump from batch to batch: what is said is their median over so many steps.
STEPS = 20
#: Steps among which a swing is looked for.
SWING = 40
#: A plateau is at least so long, so that the history has every step of it; so many of them are looked at.
WINDOW, LOOKED_AT = 480, 60
#: A loss that falls by less than this share within the window stands still.
STILL = 0.01
#: Of a constant answer's loss; above it much is left to learn.
MUCH_LEFT = 0.5


class Glance:
    """A run at this moment. Layers are rows of arrays (L,), layer 1 first."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer, self.experiment, self.network = trainer, trainer.experiment, trainer.network
        self.trace = trainer.live

    @cached_property
    def rows(self) -> Array:
        """The history's last 40 steps."""
        return self.trainer.history.since(max(0, self.trainer.steps - SWING), SWING)

    @cached_property
    def losses(self) -> Array:
        """Of the batches of these steps."""
        return self.rows[:, 1]

    @cached_property
    def norms(self) -> Array:
        """Median of ‖∂L/∂W‖ over the last 20 steps."""
        middle: Array = np.sort(self.rows[-STEPS:, 4:], axis=0)[len(self.rows[-STEPS:]) // 2]
        return middle

    def over_steps(self, what: str) -> str:
        """A sentence about these norms; the ladder beside it shows those of one step, which may be far from them."""
        steps = min(STEPS, len(self.rows))
        return f"Over {steps} steps, {what}" if steps > 1 else what[0].upper() + what[1:]

    @cached_property
    def window(self) -> Array:
        """60 losses evenly spread over the last 480 steps; fewer while the run is younger."""
        return self.trainer.history.since(max(0, self.trainer.steps - WINDOW), LOOKED_AT)[:, 1]

    @cached_property
    def _sizes(self) -> tuple[Array, Array, Array]:
        """‖W‖, ‖∂L/∂W‖ and ‖ΔW‖ of the last step, by layer."""
        assert self.trace is not None
        flats = np.stack([self.trace.theta, self.trace.gradient, self.trace.flat_change])
        weights, gradients, changes = self.network.weight_norms(flats)
        return weights, gradients, changes

    @cached_property
    def update_ratios(self) -> Array:
        """‖ΔW‖ / ‖W‖ of the last step; 0 before the update, and where there are no weights to speak of."""
        weights, _, changes = self._sizes
        return shares(changes, weights)

    @cached_property
    def gradient_ratios(self) -> Array:
        """‖∂L/∂W‖ / ‖W‖ of the last step."""
        weights, gradients, _ = self._sizes
        return shares(gradients, weights)

    @cached_property
    def mean_slopes(self) -> list[Array]:
        """Of each unit, over the last batch; see `Trace`."""
        return [] if self.trace is None else self.trace.mean_slopes

    @cached_property
    def flat_units(self) -> dict[int, tuple[int, int]]:
        """How many units of a hidden layer are saturated and dead, by its number; empty where none is."""
        hidden, found = self.network.activations[:-1], {}
        steepest = max((ACTIVATIONS[name].steepest for name in hidden), default=0)
        if not hidden or not self.mean_slopes or np.concatenate(self.mean_slopes[:-1]).min() > SATURATED * steepest:
            return {}
        for layer, name in enumerate(hidden, 1):
            saturated, dead = saturated_and_dead(self.mean_slopes[layer - 1], name)
            found[layer] = int(np.count_nonzero(saturated)), int(np.count_nonzero(dead))
        return found

    @cached_property
    def standstill(self) -> float | None:
        """The loss, if it stands still, else None.

        Its mean over the window's last third is then below that over its first by less than a hundredth, or by less
        than its own noise explains.
        """
        losses = self.window
        if self.trainer.steps < WINDOW or len(losses) < LOOKED_AT or not np.isfinite(losses).all():
            return None
        before, _, now = losses.reshape(3, -1)
        level, noise = float(now.mean()), float(((before.var() + now.var()) / len(now)) ** 0.5)
        return level if float(before.mean()) - level < max(STILL * level, noise) else None

    @cached_property
    def baseline(self) -> float:
        """The training loss of always the same answer, whatever the input.

        That is the targets' mean, which is the best for cross-entropies and squares; or, where one of them costs
        less, their median, which is for distances, or the margin ±1 on its side, which is for the hinge.
        """
        network, loss = self.network, LOSSES[self.network.loss]
        y = np.ascontiguousarray(self.trainer.data.y_train.T, np.float64).reshape(network.sizes[-1], -1)
        mean, median = y.mean(axis=1, keepdims=True), np.median(y, axis=1, keepdims=True)
        if not network.fused:
            return min(_constant_loss(loss, answer, y) for answer in (mean, median, 2 * median - 1))
        chance = np.clip(mean, 1e-9, 1 - 1e-9)
        return _constant_loss(loss, np.log(chance) - (np.log1p(-chance) if loss.fuses == "sigmoid" else 0), y)

    @cached_property
    def much_left(self) -> bool:
        """Whether the recent loss is above half of a constant answer's, or no number."""
        return not float(np.median(self.losses[-STEPS:])) < MUCH_LEFT * self.baseline


def _constant_loss(loss: Loss, answer: Array, y: Array) -> float:
    """Of the same answer (n_out, 1), or the same logits where the loss takes the activation over, for all y."""
    seen, value, tape = np.repeat(answer, y.shape[1], axis=1), np.zeros(()), Tape()
    a = seen
    kept: tuple[Array, ...] = ()
    if loss.fuses is not None:
        a = np.empty_like(seen)
        tape, kept = loss.activate(seen, a)
    play([*tape, *loss.tape(End(seen, a, y, np.empty_like(a), value, None, kept))])
    return float(value)


def shares(parts: Array, wholes: Array) -> Array:
    """parts / wholes, 0 where that is no finite number."""
    with np.errstate(all="ignore"):
        found: Array = np.nan_to_num(parts / wholes, nan=0.0, posinf=0.0)
    return found
