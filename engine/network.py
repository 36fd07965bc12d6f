"""A feed-forward network of dense layers.

All parameters stand in one flat vector θ and all gradients in another, so that an optimiser makes one pass;
layers hold views. Layer l's θ is (n_in + 1, n_out): the weights, and the bias as the last row.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from .activations import ACTIVATIONS
from .initialisers import INITIALISERS
from .losses import LOSSES
from .settings import ExperimentError
from .tape import Array, play
from .workspace import Workspace

#: Batch sizes whose buffers are kept; a trainer needs the full batch, the last one, and two for measuring.
KEPT_WORKSPACES = 8


class Network:
    """Dense layers, an activation each, and the loss that trains them.

    Shapes:
        x (batch, n_in)    y (batch, n_out), or (batch,) for one output, or (batch,) whole class numbers
        parameters["layer1.weight"] (n_in, n_out)    parameters["layer1.bias"] (n_out,)    layers count from 1

    The loss sees logits: a sigmoid output under binary cross-entropy and a softmax output under softmax
    cross-entropy belong to the loss. Any other output activation is allowed, and then its value is the logit.
    `gain` and `size` are the initialiser's; `start`, parameters in the order of θ, takes its place.

    >>> network = Network([2, 3, 1], ["tanh", "sigmoid"], "binary_cross_entropy", np.random.default_rng(0))
    >>> network.forward(np.zeros((4, 2))).shape
    (4, 1)
    >>> sorted(network.parameters)
    ['layer1.bias', 'layer1.weight', 'layer2.bias', 'layer2.weight']
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activations: Sequence[str],
        loss: str,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = "float32",
        initialiser: str = "xavier",
        gain: float | None = 1.0,
        size: float = 0.1,
        start: Sequence[float] | None = None,
    ) -> None:
        self.sizes, self.activations, self.loss = list(sizes), list(activations), loss
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._check(initialiser)
        #: Whether the loss has taken the output activation over.
        self.fused = LOSSES[loss].fuses == self.activations[-1]
        lengths = [(n_in + 1) * n_out for n_in, n_out in pairwise(self.sizes)]
        count = sum(lengths)
        #: Row 0: θ before the step. 1: ∂L/∂θ. 2: what the step subtracted. One copy keeps all three.
        self.record = np.zeros((3, count), self.dtype)
        self.theta = np.zeros(count, self.dtype)
        self.before, self.gradient, self.change = self.record
        self.thetas, self.gradients = self.views(self.theta), self.views(self.gradient)
        self.weights = [theta[:-1] for theta in self.thetas]
        self.biases = [theta[-1] for theta in self.thetas]
        self._workspaces: dict[tuple[int, str], Workspace] = {}
        if start is None:
            self.initialise(initialiser, rng, gain, size)
        else:
            self.theta[...] = start

    def _check(self, initialiser: str) -> None:
        if len(self.sizes) < 2 or any(not isinstance(n, int) or n < 1 for n in self.sizes):
            raise ExperimentError("sizes", self.sizes, "at least two whole numbers of 1 or more")
        if len(self.activations) != len(self.sizes) - 1:
            raise ExperimentError("activations", self.activations, f"{len(self.sizes) - 1}, one for each layer")
        for name in self.activations:
            if name not in ACTIVATIONS:
                raise ExperimentError("activations", name, f"one of {', '.join(ACTIVATIONS)}")
        for name in self.activations[:-1]:
            if not ACTIVATIONS[name].hidden:
                raise ExperimentError("activations", name, "an activation of hidden layers; this one is for outputs")
        if self.loss not in LOSSES:
            raise ExperimentError("loss", self.loss, f"one of {', '.join(LOSSES)}")
        if self.activations[-1] == "softmax" and LOSSES[self.loss].fuses != "softmax":
            raise ExperimentError("activations", "softmax", "softmax only under softmax_cross_entropy")
        if initialiser not in INITIALISERS:
            raise ExperimentError("initialiser", initialiser, f"one of {', '.join(INITIALISERS)}")
        if self.dtype not in (np.float32, np.float64):
            raise ExperimentError("dtype", str(self.dtype), "float32 or float64")

    def views(self, flat: Array) -> list[Array]:
        """A flat vector of θ's size as (n_in + 1, n_out) views; index 0 is empty, as layers count from 1."""
        parts, start = [flat[:0].reshape(1, 0)], 0
        for n_in, n_out in pairwise(self.sizes):
            stop = start + (n_in + 1) * n_out
            parts.append(flat[start:stop].reshape(n_in + 1, n_out))
            start = stop
        return parts

    def named(self, flat: Array) -> dict[str, Array]:
        """The same as views by name."""
        views: dict[str, Array] = {}
        for layer, theta in enumerate(self.views(flat)[1:], 1):
            views[f"layer{layer}.weight"], views[f"layer{layer}.bias"] = theta[:-1], theta[-1]
        return views

    @property
    def parameters(self) -> dict[str, Array]:
        """Writable views of all weights and biases."""
        return self.named(self.theta)

    def initialise(
        self, initialiser: str, rng: np.random.Generator, gain: float | None = 1.0, size: float = 0.1
    ) -> None:
        """Draw the weights, layer by layer; biases 0. A gain of None is that of each layer's own activation."""
        self.theta.fill(0)
        for weight, activation in zip(self.weights[1:], self.activations, strict=True):
            factor = ACTIVATIONS[activation].gain if gain is None else gain
            n_in, n_out = weight.shape
            weight[...] = INITIALISERS[initialiser].draw(rng, n_in, n_out, factor, size)

    def workspace(self, batch: int, use: str = "call") -> Workspace:
        """The buffers for a batch size, made at first use; the least recently made goes when there are too many.

        Each `use` has its own, so that measuring never writes over what a training step has left behind.
        """
        found = self._workspaces.get((batch, use))
        if found is None:
            if len(self._workspaces) >= KEPT_WORKSPACES:
                del self._workspaces[next(iter(self._workspaces))]
            found = self._workspaces[batch, use] = Workspace(self, batch)
        return found

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
        """The output layer's activation for x (batch, n_in): a fresh array (batch, n_out)."""
        array = self.checked_input(x)
        workspace = self.workspace(len(array))
        workspace.rows[:, : self.sizes[0]] = array
        with np.errstate(all="ignore"):
            return workspace.forward().T.copy()

    def loss_and_gradients(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[float, dict[str, Array]]:
        """The loss of a batch, and ∂L/∂W and ∂L/∂b of every layer, named as the parameters: fresh arrays."""
        array = self.checked_input(x)
        workspace = self.workspace(len(array))
        workspace.fill(array, self.checked_targets(y, len(array)))
        kept = self.gradient.copy()  # of a training step that may not have been applied yet
        with np.errstate(all="ignore"):
            play(workspace.tape)
        gradient = self.gradient.copy()
        self.gradient[...] = kept
        return float(workspace.loss), self.named(gradient)
