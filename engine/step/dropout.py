"""Dropout: at every training step a random share of the hidden units is silent (Srivastava et al. 2014).

The others are scaled up by 1 / (1 − share), so that nothing has to change when the network is asked.
"""

from functools import partial

import numpy as np

from ..tape import Array, Tape, constant


def draw(mask: Array, share: float, rng: np.random.Generator) -> Tape:
    """Calls that fill mask (units, batch) with 0 and 1 / (1 − share), anew at every playing."""
    dtype = mask.dtype.type
    return [
        (partial(rng.random, dtype=dtype, out=mask), ()),
        (np.greater_equal, (mask, constant(share, mask.dtype), mask)),
        (np.multiply, (mask, constant(1 / (1 - share), mask.dtype), mask)),
    ]
