"""Loss functions and their derivatives, from the output layer's values.

Shapes: outputs and targets (n_out, batch). Every loss is a mean over the batch, so its derivative carries 1/batch
and gradients of layers are plain sums. A loss sees logits: an output activation that `fuses` names belongs to the
loss, which then computes from z and is stable however large z is. Any other output activation is allowed; its a
is what the loss sees.

Imports the tape and the activations. Pure: formulas.
"""

from .base import End, Loss
from .classes import BinaryCrossEntropy, Hinge, SoftmaxCrossEntropy
from .distances import HalfSquaredError, Huber, MeanAbsoluteError, MeanSquaredError

LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        MeanSquaredError(), HalfSquaredError(), MeanAbsoluteError(), Huber(), Hinge(), BinaryCrossEntropy(),
        SoftmaxCrossEntropy(),
    )
}  # fmt: skip

__all__ = ["LOSSES", "End", "Loss"]
