"""The loss of some samples as a function of all parameters: what landscapes and lenses look at."""

import numpy as np

from ..tape import Array, play
from ..training.trainer import Trainer


class LossSurface:
    """L(θ) and ∇L(θ) in a float64 twin of a run's network: the loss that training makes small, penalties included.

    x (samples, n_in) as the network sees it, y (samples, n_out); θ flat, in the network's order. Batch normalisation
    uses the statistics of these samples, as a training step does. masks, (samples, units) for each layer, are what
    dropout lets through; without them all units speak.
    """

    def __init__(self, trainer: Trainer, x: Array, y: Array, masks: list[Array] | None = None) -> None:
        self._network = twin = trainer.twin()
        self._workspace = workspace = twin.workspace(len(x), "call")
        workspace.rows[...] = twin.as_rows(x, y)
        if workspace.masks is not None:
            for layer, mask in enumerate(workspace.masks[1:], 1):
                mask[...] = 1 if masks is None else masks[layer].T

    @classmethod
    def of_last_batch(cls, trainer: Trainer) -> "LossSurface | None":
        """Of the last step's batch and its dropout; None before the first step."""
        trace = trainer.trace
        return None if trace is None else cls(trainer, trace.x, trace.y, trace.masks)

    def loss(self, theta: Array) -> float:
        """L(θ); not finite where numbers overflow."""
        self._network.theta[...] = theta
        with np.errstate(all="ignore"):
            play(self._workspace.measure_tape)
        return float(self._workspace.loss)

    def gradient(self, theta: Array) -> Array:
        """∇L(θ), a fresh vector."""
        self._network.theta[...] = theta
        with np.errstate(all="ignore"):
            play(self._workspace.tape)
        gradient: Array = self._network.gradient.copy()
        return gradient
