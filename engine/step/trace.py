"""What one training step did: a read-only record that stays true when training goes on."""

from sys import getrefcount

import numpy as np

from ..tape import Array
from .arena import Arena
from .network import Network
from .summary import LOSS, SQUARES
from .workspace import Workspace

#: The numbers that sum it up (see `summary`), step, epoch, learning rate, whether it was updated.
Moment = tuple[list[float], int, int, float, bool]


def _of_one_name() -> int:
    """References that are counted to what a local name holds, which depends on the interpreter."""
    held = object()
    return getrefcount(held)


#: To a trace that nobody but its trainer has: a local name and an attribute. A weak reference, asking the same, would
#: cost a fortieth of a small step.
UNHELD = _of_one_name() + 1


class Trace:
    """One step. Arrays are (batch, units), layers count from 1, and index 0 of a list is the input or empty.

    Nothing is copied until it is needed: when an array is first read, or when the trainer begins the next step
    while somebody still holds the trace. Then one copy takes all, so that what was handed out never changes. A trace
    that nobody holds becomes that of the next step: its trainer writes another `moment`.
    """

    __slots__ = ("_network", "_record", "_workspace", "arena", "loss", "moment")
    #: Which sample of the batch is on show.
    shown = 0
    moment: Moment
    #: Of the batch, penalties included: an attribute of its own, as it is read at every step.
    loss: float
    #: Where z, a and all the others stand, once they have been copied.
    arena: Arena | None

    def __init__(self, network: Network, workspace: Workspace) -> None:
        self._network, self._workspace, self.arena = network, workspace, None

    def tell(self, moment: Moment) -> "Trace":
        """It is of this moment: another step than before, if nobody holds it."""
        self.moment, self.loss = moment, moment[0][LOSS]
        return self

    @property
    def network(self) -> Network:
        """Which made the step; its parameters may have moved on."""
        return self._network

    @property
    def step(self) -> int:
        """Counted from 1."""
        return self.moment[1]

    @property
    def epoch(self) -> int:
        """Counted from 1."""
        return self.moment[2]

    @property
    def learning_rate(self) -> float:
        """In force at the update."""
        return self.moment[3]

    @property
    def updated(self) -> bool:
        """False between the backward pass and the update: then `change` is still empty."""
        return self.moment[4]

    @property
    def kept(self) -> bool:
        """Whether a copy has been taken."""
        return self.arena is not None

    def _settle(self) -> None:
        """Write what no training step reads."""
        with np.errstate(all="ignore"):
            self._workspace.settle()
            if self.updated:
                self._network.late.settle()

    def keep(self) -> None:
        """Take a copy of everything, if that has not been done."""
        if self.arena is None:
            arena = self._workspace.arena
            self._settle()
            self.arena, self._record = arena.with_memory(arena.memory.copy()), self._network.record.copy()
            if not self.updated:
                self._record[0] = self._network.theta
                self._record[2] = np.nan

    @property
    def _memory(self) -> Arena:
        self.keep()
        assert self.arena is not None
        return self.arena

    def _block(self, name: str) -> list[Array]:
        """The views of one quantity, layer 1..L, with the input or an empty one for layer 0."""
        return [view.T for view in self._memory.views(name)]

    @property
    def x(self) -> Array:
        """(batch, n_in)."""
        return self._memory.columns[: self._network.sizes[0]].T

    @property
    def y(self) -> Array:
        """Targets (batch, n_out)."""
        return self._memory.targets()

    @property
    def z(self) -> list[Array]:
        """Weighted sums."""
        return self._block("z")

    @property
    def normed(self) -> list[Array]:
        """What goes into the activation: the normalised sums of hidden layers, or z where nothing is normalised."""
        if "normed" not in self._memory.blocks:
            return self.z
        return [*self._block("normed")[:-1], self.z[-1]]

    @property
    def a(self) -> list[Array]:
        """Activations; a[0] is x."""
        return self._block("a")

    @property
    def h(self) -> list[Array]:
        """What each layer passes on: a, after dropout and with what a residual connection adds; h[0] is x."""
        if "h" not in self._memory.blocks:
            return self.a
        return [*self._block("h")[:-1], self.a[-1]]

    @property
    def masks(self) -> list[Array] | None:
        """What dropout let through of each layer: 0, or 1 / (1 − share); None without dropout."""
        return self._block("mask") if "mask" in self._memory.blocks else None

    @property
    def slope(self) -> list[Array]:
        """σ′(z); 1 where the loss has taken the output activation over."""
        return self._block("slope")

    @property
    def mean_slopes(self) -> list[Array]:
        """Mean of |σ′| over the batch, of each unit of layer 1..L (units,): exactly 0 where every one is 0."""
        slopes = np.abs(self._memory.blocks["slope"])
        means = slopes.dot(np.full(slopes.shape[1], 1 / slopes.shape[1], slopes.dtype))
        return [means[start : end - 1] for start, end in self._memory.spans]

    @property
    def error(self) -> list[Array]:
        """∂L/∂h, the error arriving; ∂L/∂z where the loss has taken the output activation over."""
        errors = self._block("error")
        if self._network.fused:
            errors[-1] = self._block("delta")[-1]
        return errors

    @property
    def delta(self) -> list[Array]:
        """δ = ∂L/∂z: error · slope where nothing is normalised or dropped.

        The loss is a mean over the batch, so each sample's share has 1/batch in it.
        """
        return self._block("delta")

    def on_show(self, name: str) -> Array:
        """z, a or delta of the sample on show, the units of layer 1..L joined."""
        memory = self._memory
        column: Array = memory.blocks[name][:, self.shown].take(memory.units)
        return column

    def _kept(self, row: int) -> Array:
        self.keep()
        kept: Array = self._record[row]
        return kept

    @property
    def parameters(self) -> dict[str, Array]:
        """Before the update, by name."""
        return self._network.named(self._kept(0))

    @property
    def gradients(self) -> dict[str, Array]:
        """∂L/∂W and ∂L/∂b, by name."""
        return self._network.named(self._kept(1))

    @property
    def change(self) -> dict[str, Array]:
        """What the optimiser subtracted, by name; NaN before the update."""
        return self._network.named(self._kept(2))

    @property
    def theta(self) -> Array:
        """All parameters before the update, flat."""
        return self._kept(0)

    @property
    def gradient(self) -> Array:
        """All gradients, flat."""
        return self._kept(1)

    @property
    def flat_change(self) -> Array:
        """What the optimiser subtracted, flat; NaN before the update."""
        return self._kept(2)

    @property
    def gradient_norms(self) -> Array:
        """‖∂L/∂W‖ of layer 1..L, float64 (L,); biases left out."""
        norms: Array = np.sqrt(self.moment[0][SQUARES:])
        return norms

    @property
    def delta_norms(self) -> Array:
        """‖δ‖ of layer 1..L over the batch, float64 (L,)."""
        memory = self._memory
        delta = memory.blocks["delta"]
        squares = np.vecdot(delta, delta, dtype=np.float64)
        bounds = [end for start, stop in memory.spans for end in (start, stop - 1)]
        norms: Array = np.sqrt(np.add.reduceat(squares, bounds)[::2])
        return norms

    @property
    def weight_norms(self) -> Array:
        """‖W‖ of layer 1..L before the update, float64 (L,)."""
        return self._network.weight_norms(self._kept(0))

    @property
    def update_ratios(self) -> Array:
        """‖ΔW‖ / ‖W‖ of layer 1..L; NaN before the update, and where all weights are 0."""
        self.keep()
        norms, changes = self._network.weight_norms(self._record[::2])
        norms[norms == 0] = np.nan
        ratios: Array = changes / norms
        return ratios


class LiveTrace(Trace):
    """The last step where it stands, nothing copied: for whoever reads it at once, as it is true until the next."""

    __slots__ = ()

    def keep(self) -> None:
        """Views of what is there now; before an update a copy, as θ stands elsewhere then."""
        if not self.updated:
            super().keep()
        elif self.arena is None:
            self._settle()
            self.arena, self._record = self._workspace.arena, self._network.record
