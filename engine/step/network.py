"""A feed-forward network of dense layers that can be asked, and told how wrong it is."""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..errors import ExperimentError
from ..tape import Array, play
from .layers import Layers
from .workspace import Workspace

#: Batch sizes whose buffers are kept; a trainer needs the full batch, the last one, and two for measuring.
KEPT_WORKSPACES = 8


class Network(Layers):
    """Layers, and the buffers and tapes that compute with them, made at first use.

    Shapes:
        x (batch, n_in)    y (batch, n_out), or (batch,) for one output, or (batch,) whole class numbers

    >>> network = Network([2, 3, 1], ["tanh", "sigmoid"], "binary_cross_entropy", np.random.default_rng(0))
    >>> network.forward(np.zeros((4, 2))).shape
    (4, 1)
    """

    @cached_property
    def _workspaces(self) -> dict[tuple[int, str, bool], Workspace]:
        """By batch size, use, and whether targets are soft."""
        return {}

    def workspace(self, batch: int, use: str = "call", training: bool = True, soft: bool = False) -> Workspace:
        """The buffers for a batch size, made at first use; the least recently made goes when there are too many.

        Each `use` has its own, so that measuring never writes over what a training step has left behind. soft: for
        targets other than 0 and 1, where the loss makes a difference.
        """
        found = self._workspaces.get((batch, use, soft))
        if found is None:
            if len(self._workspaces) >= KEPT_WORKSPACES:
                del self._workspaces[next(iter(self._workspaces))]
            found = self._workspaces[batch, use, soft] = Workspace(self, batch, training, soft, use == "train")
        return found

    @property
    def workspaces(self) -> list[Workspace]:
        """All that are kept."""
        return list(self._workspaces.values())

    def checked_input(self, x: npt.ArrayLike) -> Array:
        """x as an array (batch, n_in) of the network's dtype, or an error that says what it was."""
        array = np.asarray(x, self.dtype)
        if array.ndim != 2 or array.shape[1] != self.sizes[0] or not len(array):
            raise ExperimentError("x", f"shape {array.shape}", f"shape (batch, {self.sizes[0]})")
        return array

    def checked_targets(self, y: npt.ArrayLike, batch: int) -> Array:
        """y as (batch, n_out); class numbers become one-hot rows."""
        array, n_out = np.asarray(y), self.sizes[-1]
        if array.shape == (batch,) and n_out == 1:
            array = array[:, None]
        elif array.shape == (batch,) and np.issubdtype(array.dtype, np.integer) and (array < n_out).all():
            array = np.eye(n_out)[array]
        if array.shape != (batch, n_out):
            raise ExperimentError("y", f"shape {array.shape}", f"shape ({batch}, {n_out})")
        return array.astype(self.dtype)

    def forward(self, x: npt.ArrayLike) -> Array:
        """The output layer's activation for x (batch, n_in): a fresh array (batch, n_out).

        As a trained network is asked: nothing is dropped, and batch normalisation uses its running statistics.
        """
        array = self.checked_input(x)
        workspace = self.workspace(len(array), "ask", training=False)
        workspace.rows[:, : self.sizes[0]] = array
        with np.errstate(all="ignore"):
            return workspace.forward().T.copy()

    def filled(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Workspace:
        """The workspace of a call, with these samples in it."""
        array = self.checked_input(x)
        targets = self.checked_targets(y, len(array))
        soft = bool(((targets != 0) & (targets != 1)).any())
        workspace = self.workspace(len(array), "call", soft=soft)
        workspace.rows[...] = self.as_rows(array, targets)
        return workspace

    def training_loss(self, x: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """The loss of a batch as `loss_and_gradients` has it, without the gradients."""
        workspace = self.filled(x, y)
        with np.errstate(all="ignore"):
            play(workspace.measure_tape)
        return float(workspace.loss)

    def loss_and_gradients(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[float, dict[str, Array]]:
        """The loss of a batch, and its gradient for every parameter, named as the parameters: fresh arrays.

        As in a training step, but nothing is remembered: running statistics stay, and dropout silences the same units
        at every call with a batch of this size.
        """
        workspace = self.filled(x, y)
        kept = self.gradient.copy()  # of a training step that may not have been applied yet
        with np.errstate(all="ignore"):
            play(workspace.tape)
        gradient = self.gradient.copy()
        self.gradient[...] = kept
        return float(workspace.loss), self.named(gradient)
