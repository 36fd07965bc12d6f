"""Penalties on large weights, part of the loss that training makes small: λ₁ Σ|w| + ½ λ₂ Σw². Biases go free.

L2 in the loss and weight decay are not the same: this adds λ₂w to the gradient, which an optimiser then scales like
all else; weight decay (see `optimisers.AdamW`) shrinks the weights directly. Under plain SGD they coincide.
"""

import numpy as np

from ..tape import Array, Tape, constant
from ..tape.memory import like


class Penalty:
    """Prepared calls: `value_tape` writes the penalty into `value` (0-d), `tape` also adds its gradient.

    theta, gradient (parameters,); weights is 1 where θ has a weight, else 0.
    """

    def __init__(self, theta: Array, gradient: Array, weights: Array, l1: float, l2: float) -> None:
        dtype = theta.dtype
        self.value = np.zeros((), dtype)
        part, scratch = np.zeros((), dtype), like(theta)
        self.value_tape: Tape = [(self.value.fill, (0,))] if l1 or l2 else []
        self.tape: Tape = list(self.value_tape)
        for strength, half, direction in ((l1, 1.0, np.sign), (l2, 0.5, np.copyto)):
            if not strength:
                continue
            strengths = like(weights)
            np.multiply(weights, constant(strength, dtype), strengths)
            # λ₁ sign(w) or λ₂ w; times w, summed, it is the penalty or twice the penalty.
            into = (scratch, theta) if direction is np.copyto else (theta, scratch)
            slope: Tape = [(direction, into), (np.multiply, (scratch, strengths, scratch))]
            measure: Tape = [
                (scratch.dot, (theta, part)),
                (np.multiply, (part, constant(half, dtype), part)),
                (np.add, (self.value, part, self.value)),
            ]
            self.value_tape += [*slope, *measure]
            self.tape += [*slope, *measure, (np.add, (gradient, scratch, gradient))]
