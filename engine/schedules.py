"""Schedules: how the learning rate changes while the run goes on. The slider's value is the base rate.

Each gives the factor by which the base is multiplied. Time is counted in epochs, fractions included; the horizon is
the length that a schedule is stretched to. Adding one is one class and one line.
"""

import math
from typing import ClassVar


class Schedule:
    """What the table holds."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]

    def factor(self, epochs: float, horizon: int, decay: float) -> float:
        """The factor after so many epochs; decay (0..1) is what `step` and `exponential` multiply by."""
        raise NotImplementedError


class Constant(Schedule):
    """1."""

    name, label = "constant", "constant"
    help = "The learning rate stays where you put it."

    def factor(self, epochs: float, horizon: int, decay: float) -> float:
        """Always 1."""
        return 1.0


class Step(Schedule):
    """decay^⌊epochs / horizon⌋."""

    name, label = "step", "in steps"
    help = "Falls at once by the decay factor, every time the schedule's length is over."

    def factor(self, epochs: float, horizon: int, decay: float) -> float:
        """Stairs."""
        return float(decay ** (epochs // horizon))


class Exponential(Schedule):
    """decay^(epochs / horizon)."""

    name, label = "exponential", "exponential"
    help = "Falls smoothly: by the decay factor within the schedule's length, and again within the next."

    def factor(self, epochs: float, horizon: int, decay: float) -> float:
        """A smooth version of the stairs."""
        return float(decay ** (epochs / horizon))


class Cosine(Schedule):
    """½ (1 + cos(π t)), t = epochs / horizon up to 1 (Loshchilov and Hutter 2017, without restarts)."""

    name, label = "cosine", "cosine"
    help = "Glides from the full rate down to zero along half a cosine wave, and stays there."

    def factor(self, epochs: float, horizon: int, decay: float) -> float:
        """From 1 to 0."""
        return falling(epochs / horizon)


class WarmupCosine(Schedule):
    """Rises linearly over the first tenth of the horizon, then falls along a cosine."""

    name, label = "warmup_cosine", "warm-up + cosine"
    help = "Starts gently, reaches the full rate after a tenth of its length, then glides down to zero."
    WARM = 0.1

    def factor(self, epochs: float, horizon: int, decay: float) -> float:
        """From 0.01, so that the first step is a step, over 1, to 0."""
        t = epochs / horizon
        if t < self.WARM:
            return max(0.01, t / self.WARM)
        return falling((t - self.WARM) / (1 - self.WARM))


class OneCycle(Schedule):
    """From base / 25 up to base within 30 % of the horizon, then down to base / 250,000 (Smith and Topin 2018)."""

    name, label = "one_cycle", "one cycle"
    help = "One swing: from a small rate up to the full one, then down to almost nothing."
    LOW, RISE, END = 1 / 25, 0.3, 1 / 250_000

    def factor(self, epochs: float, horizon: int, decay: float) -> float:
        """Both halves along a cosine, as PyTorch's OneCycleLR."""
        t = epochs / horizon
        if t < self.RISE:
            return 1 - (1 - self.LOW) * falling(t / self.RISE)
        return self.END + (1 - self.END) * falling((t - self.RISE) / (1 - self.RISE))


class Plateau(Schedule):
    """1 by itself; whoever trains multiplies by the decay at every plateau, see `PlateauWatch`."""

    name, label = "plateau", "reduce on plateau"
    help = "Stays while the loss keeps falling; after a while without progress it is cut by the decay factor."

    def factor(self, epochs: float, horizon: int, decay: float) -> float:
        """The reductions so far are kept by the watch."""
        return 1.0


class PlateauWatch:
    """Told every epoch's mean training loss; `factor` falls by the decay after `horizon` epochs without progress.

    Progress is a loss smaller by a ten-thousandth than the best so far, as in PyTorch's ReduceLROnPlateau.
    """

    def __init__(self) -> None:
        self.factor, self.best, self.waited = 1.0, math.inf, 0

    def tell(self, loss: float, horizon: int, decay: float) -> None:
        """One epoch has ended."""
        if loss < self.best * (1 - 1e-4):
            self.best, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited > horizon:
            self.factor, self.waited = self.factor * decay, 0

    def state(self) -> list[float | None]:
        """Plain data."""
        return [self.factor, None if math.isinf(self.best) else self.best, self.waited]

    def restore(self, state: list[float | None]) -> None:
        """The reverse."""
        factor, best, waited = state
        self.factor, self.best = float(factor or 0), math.inf if best is None else best
        self.waited = int(waited or 0)


def falling(t: float) -> float:
    """Half a cosine wave from 1 at t = 0 to 0 at t = 1, and 0 beyond."""
    return 0.5 * (1 + math.cos(math.pi * min(1.0, max(0.0, t))))


SCHEDULES: dict[str, Schedule] = {
    row.name: row for row in (Constant(), Step(), Exponential(), Cosine(), WarmupCosine(), OneCycle(), Plateau())
}
