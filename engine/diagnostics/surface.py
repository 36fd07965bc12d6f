"""The loss of some samples as a function of all parameters: what landscapes and lenses look at."""

from collections.abc import Iterator

from ..tape import Array, Tape
from ..training.trainer import Trainer
from .patience import FRESH, Meter, Pauses, completed

#: In multiplications: what a unit costs for each sample besides its weights; what a pass costs besides its samples.
A_UNIT, A_PASS = 20, 200_000


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
        self.meter, self._fresh = Meter(), True
        #: Multiplications of a forward pass, and what calls and activations cost, in the same unit.
        self.work = len(x) * (twin.theta.size + A_UNIT * sum(twin.sizes)) + A_PASS
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
        return completed(self.measured(theta))

    def gradient(self, theta: Array) -> Array:
        """∇L(θ), a fresh vector."""
        return completed(self.differentiated(theta))

    def measured(self, theta: Array) -> Pauses[float]:
        """The loss, with pauses; nothing else may be asked of the surface meanwhile."""
        self._network.theta[...] = theta
        yield from self._played(self._workspace.measure_tape, self.work)
        return float(self._workspace.loss)

    def differentiated(self, theta: Array) -> Pauses[Array]:
        """The gradient, with pauses."""
        self._network.theta[...] = theta
        yield from self._played(self._workspace.tape, 3 * self.work)
        gradient: Array = self._network.gradient.copy()
        return gradient

    def _played(self, tape: Tape, work: int) -> Iterator[None]:
        """The first time, memory is taken as well."""
        fresh, self._fresh = self._fresh, False
        return self.meter.played(tape, FRESH * work if fresh else work)
