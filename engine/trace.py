"""What one training step did: a read-only record that stays true when training goes on."""

from typing import TYPE_CHECKING

import numpy as np

from .tape import Array
from .workspace import split_arena

if TYPE_CHECKING:
    from .network import Network
    from .workspace import Workspace


class Trace:
    """One step. Arrays are (batch, units), layers count from 1, and index 0 of a list is the input or empty.

    Attributes:
        loss            of the batch, a float
        step, epoch     counted from 1
        learning_rate   in force at the update
        shown           which sample of the batch is on show

    Nothing is copied until it is needed: when an array is first read, or when the trainer begins the next step
    while somebody still holds the trace. Then one copy takes all, so that what was handed out never changes.
    """

    __slots__ = (
        "__weakref__",
        "_arena",
        "_network",
        "_record",
        "_squares",
        "_workspace",
        "epoch",
        "learning_rate",
        "loss",
        "shown",
        "step",
        "updated",
    )  # fmt: skip

    def __init__(
        self, network: "Network", workspace: "Workspace", loss: float, squares: list[float],
        step: int, epoch: int, learning_rate: float, updated: bool,
    ) -> None:  # fmt: skip
        self._network, self._workspace = network, workspace
        self._arena: Array | None = None
        self._record: Array | None = None
        self.loss, self._squares = loss, squares
        self.step, self.epoch, self.learning_rate = step, epoch, learning_rate
        self.shown = 0
        #: False between the backward pass and the update: then `change` is still empty.
        self.updated = updated

    def keep(self) -> None:
        """Take a copy of everything, if that has not been done."""
        if self._arena is None:
            self._arena, self._record = self._workspace.arena.copy(), self._network.record.copy()
            if not self.updated:
                self._record[0] = self._network.theta
                self._record[2] = np.nan

    def _block(self, name: str) -> list[Array]:
        """The views of one quantity, layer 1..L, with a placeholder for layer 0."""
        self.keep()
        assert self._arena is not None
        workspace, n_in = self._workspace, self._network.sizes[0]
        width, height = workspace.rows.shape[1], len(workspace.blocks["z"])
        rows, blocks = split_arena(self._arena, workspace.batch, width, height)
        first = rows[:, :n_in] if name == "a" else rows[:, :0]
        return [first, *(blocks[name][start : end - 1].T for start, end in workspace.spans)]

    @property
    def x(self) -> Array:
        """(batch, n_in)."""
        return self._block("a")[0]

    @property
    def y(self) -> Array:
        """Targets (batch, n_out)."""
        self.keep()
        assert self._arena is not None
        rows = self._arena[: self._workspace.rows.size].reshape(self._workspace.rows.shape)
        return rows[:, self._network.sizes[0] + 1 :]

    @property
    def z(self) -> list[Array]:
        """Weighted sums."""
        return self._block("z")

    @property
    def a(self) -> list[Array]:
        """Activations; a[0] is x."""
        return self._block("a")

    @property
    def slope(self) -> list[Array]:
        """σ′(z); 1 where the loss has taken the output activation over."""
        return self._block("slope")

    @property
    def error(self) -> list[Array]:
        """∂L/∂a, the error arriving; ∂L/∂z where the loss has taken the output activation over."""
        errors = self._block("error")
        if self._network.fused:
            errors[-1] = self._block("delta")[-1]
        return errors

    @property
    def delta(self) -> list[Array]:
        """δ = ∂L/∂z = error · slope. The loss is a mean over the batch, so each sample's share has 1/batch in it."""
        return self._block("delta")

    def _kept(self, row: int) -> Array:
        self.keep()
        assert self._record is not None
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
    def gradient_norms(self) -> Array:
        """‖∂L/∂W‖ of layer 1..L, float64 (L,); biases left out."""
        norms: Array = np.sqrt(self._squares)
        return norms

    @property
    def delta_norms(self) -> Array:
        """‖δ‖ of layer 1..L over the batch, float64 (L,)."""
        return np.array([np.linalg.norm(delta.astype(np.float64)) for delta in self.delta[1:]])

    def _weight_norms(self, row: int) -> Array:
        views = self._network.views(self._kept(row))[1:]
        return np.array([np.linalg.norm(view[:-1].astype(np.float64)) for view in views])

    @property
    def weight_norms(self) -> Array:
        """‖W‖ of layer 1..L before the update, float64 (L,)."""
        return self._weight_norms(0)

    @property
    def update_ratios(self) -> Array:
        """‖ΔW‖ / ‖W‖ of layer 1..L; NaN before the update, and where all weights are 0."""
        norms = self.weight_norms
        norms[norms == 0] = np.nan
        return self._weight_norms(2) / norms
