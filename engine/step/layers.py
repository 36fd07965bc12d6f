"""The layers of a network: their shapes, what each does, and their parameters and gradients.

All parameters stand in one flat vector θ and all gradients in another, so that an optimiser makes one pass;
layers hold views. Layer l's θ is (n_in + 1, n_out): the weights, and the bias as the last row.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..activations import ACTIVATIONS
from ..errors import ExperimentError
from ..initialisers import INITIALISERS
from ..losses import LOSSES
from ..normalisations import NORMALISATIONS
from ..tape import Array, Late
from ..tape.memory import aligned, like
from .penalties import Penalty


class Layers:
    """Dense layers, an activation each, and the loss that trains them: what a network is, not what it does.

    Shapes:
        parameters["layer1.weight"] (n_in, n_out)    parameters["layer1.bias"] (n_out,)    layers count from 1
        with normalisation, for hidden layers also "layer1.scale" and "layer1.shift" (n_out,)

    The loss sees logits: a sigmoid output under binary cross-entropy and a softmax output under softmax
    cross-entropy belong to the loss. Any other output activation is allowed, and then its value is the logit.
    `gain` and `size` are the initialiser's; `start`, parameters in the order of θ, takes its place.

    normalisation (a name in NORMALISATIONS), dropout (a share) and residual concern hidden layers; residual adds a
    layer's input to its output where both are hidden and equally wide (He et al. 2016). l1 and l2 are penalties on
    the weights; label_smoothing moves targets that share towards indifference (Szegedy et al. 2016).

    >>> layers = Layers([2, 3, 1], ["tanh", "sigmoid"], "binary_cross_entropy", np.random.default_rng(0))
    >>> sorted(layers.parameters)
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
        *,
        normalisation: str = "none",
        residual: bool = False,
        dropout: float = 0.0,
        l1: float = 0.0,
        l2: float = 0.0,
        label_smoothing: float = 0.0,
    ) -> None:
        self.sizes, self.activations, self.loss = list(sizes), list(activations), loss
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.normalisation, self.residual, self.dropout = normalisation, residual, dropout
        self.label_smoothing = label_smoothing
        self._check(initialiser)
        #: Whether the loss has taken the output activation over.
        self.fused = LOSSES[loss].fuses == self.activations[-1]
        #: Draws what dropout silences; a trainer puts its own in place.
        self.rng = rng
        self._lay_out()
        self.penalty = Penalty(self.theta, self.gradient, self.on_weights(1.0), l1, l2)
        self.initialise(initialiser, rng, gain, size)
        if start is not None:
            self.theta[...] = start

    def _lay_out(self) -> None:
        """All parameters in one vector: of each layer first W and b, then what its normalisation learns."""
        self._places, self._norm_places, start = [slice(0, 0)], [slice(0, 0)], 0
        for layer, (n_in, n_out) in enumerate(pairwise(self.sizes), 1):
            middle = start + (n_in + 1) * n_out
            end = middle + (2 * n_out if self.normalised(layer) else 0)
            self._places.append(slice(start, middle))
            self._norm_places.append(slice(middle, end))
            start = end
        #: Row 0: θ before the step. 1: ∂L/∂θ. 2: what the step subtracted. One copy keeps all three.
        self.record = aligned((3, start), self.dtype)
        self.theta = aligned((start,), self.dtype)
        #: Running means and variances of batch normalisation, (2, units) for each layer: no parameters.
        self.statistics = np.zeros((2, sum(self.sizes[1:])), self.dtype)
        self.before, self.gradient, self.change = self.record
        #: Writes `change` of a long vector.
        self.late = Late()
        self.thetas, self.gradients = self.views(self.theta), self.views(self.gradient)
        self.weights = [theta[:-1] for theta in self.thetas]
        self.biases = [theta[-1] for theta in self.thetas]

    def normalised(self, layer: int) -> bool:
        """Whether a layer's sums are normalised: hidden ones, when anything is chosen."""
        return self.normalisation != "none" and layer < len(self.sizes) - 1

    def skips(self, layer: int) -> bool:
        """Whether a layer's input is added to its output."""
        return self.residual and 1 < layer < len(self.sizes) - 1 and self.sizes[layer] == self.sizes[layer - 1]

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
        if self.normalisation not in NORMALISATIONS:
            raise ExperimentError("normalisation", self.normalisation, f"one of {', '.join(NORMALISATIONS)}")
        if not 0 <= self.dropout < 1:
            raise ExperimentError("dropout", self.dropout, "a share from 0 to below 1")
        if self.dtype not in (np.float32, np.float64):
            raise ExperimentError("dtype", str(self.dtype), "float32 or float64")

    def views(self, flat: Array) -> list[Array]:
        """A flat vector of θ's size as (n_in + 1, n_out) views; index 0 is empty, as layers count from 1."""
        shapes = [(1, 0), *((n_in + 1, n_out) for n_in, n_out in pairwise(self.sizes))]
        return [flat[place].reshape(shape) for place, shape in zip(self._places, shapes, strict=True)]

    def on_weights(self, value: float) -> Array:
        """A vector of θ's size: the value at weights, 0 at biases and at what normalisation has learned."""
        vector = like(self.theta)
        for weight in self.views(vector)[1:]:
            weight[:-1] = value
        return vector

    def part(self, flat: Array, layers: range) -> Array:
        """What belongs to neighbouring layers of a flat vector of θ's size."""
        return flat[self._places[layers.start].start : self._norm_places[layers.stop - 1].stop]

    def stacked(self, flat: Array, layers: range) -> Array:
        """The views of neighbouring layers of one shape as a single one, (layers, n_in + 1, n_out)."""
        rows, n_out = self.thetas[layers.start].shape
        block = self.part(flat, layers).reshape(len(layers), -1)
        return block[:, : rows * n_out].reshape(len(layers), rows, n_out)

    def weight_norms(self, flats: Array) -> Array:
        """Of flat vectors of θ's size (…, parameters) the norms of layer 1..L's weights (…, L), float64."""
        parts = zip(self._places[1:], self.sizes[1:], strict=True)
        bounds = [end for place, n_out in parts for end in (place.start, place.stop - n_out)]
        with np.errstate(over="ignore"):
            squares = np.square(flats, dtype=np.float64)
        norms: Array = np.sqrt(np.add.reduceat(squares, bounds, axis=-1)[..., ::2])
        return norms

    def norm_views(self, flat: Array) -> list[Array]:
        """Of a flat vector, what normalisation learns: (2, units), scale and shift, or (2, 0) where there is none."""
        return [flat[place].reshape(2, -1) for place in self._norm_places]

    def named(self, flat: Array) -> dict[str, Array]:
        """The same as views by name."""
        views: dict[str, Array] = {}
        for layer, (theta, norm) in enumerate(zip(self.views(flat), self.norm_views(flat), strict=True)):
            if layer:
                views[f"layer{layer}.weight"], views[f"layer{layer}.bias"] = theta[:-1], theta[-1]
            if norm.size:
                views[f"layer{layer}.scale"], views[f"layer{layer}.shift"] = norm
        return views

    def statistics_of(self, layer: int) -> Array:
        """Running mean and variance of a layer's sums, a (2, units) view."""
        start = sum(self.sizes[1:layer])
        return self.statistics[:, start : start + self.sizes[layer]]

    @property
    def rows_width(self) -> int:
        """Columns of a batch's rows: x, a one, y, and 1 − 2y where the loss reads the sign of its one output."""
        signs = self.fused and self.sizes[-1] == 1 and LOSSES[self.loss].reads_signs
        return self.sizes[0] + 1 + self.sizes[-1] + signs

    def as_rows(self, x: Array, y: Array) -> Array:
        """x (samples, n_in) and y (samples, n_out) as a workspace's rows: one call then takes a whole batch."""
        n_in, n_out = self.sizes[0], self.sizes[-1]
        rows = np.ones((len(x), self.rows_width), self.dtype)
        rows[:, :n_in], rows[:, n_in + 1 : n_in + 1 + n_out] = x, y
        if self.rows_width > n_in + 1 + n_out:
            rows[:, n_in + 1 + n_out :] = 1 - 2 * y
        return rows

    @property
    def parameters(self) -> dict[str, Array]:
        """Writable views of all weights and biases."""
        return self.named(self.theta)

    def initialise(
        self, initialiser: str, rng: np.random.Generator, gain: float | None = 1.0, size: float = 0.1
    ) -> None:
        """Draw the weights, layer by layer; biases and shifts 0, scales 1, running statistics 0 and 1.

        A gain of None is that of each layer's own activation.
        """
        self.theta.fill(0)
        for weight, activation in zip(self.weights[1:], self.activations, strict=True):
            factor = ACTIVATIONS[activation].gain if gain is None else gain
            n_in, n_out = weight.shape
            weight[...] = INITIALISERS[initialiser].draw(rng, n_in, n_out, factor, size)
        for norm in self.norm_views(self.theta):
            norm[0] = 1
        self.statistics[0], self.statistics[1] = 0, 1
