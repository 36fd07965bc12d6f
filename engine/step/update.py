"""The update of all parameters: the optimiser remembers and makes its step, θ is kept, the step is subtracted."""

from ..optimisers import Optimiser, Rates
from ..tape import Array, Tape
from ..tape.memory import aligned
from .layers import Layers

#: Parameters that are updated together.
BLOCK = 65_536


def update_tape(optimiser: Optimiser, given: Array, memory: Array, rates: Rates, network: Layers) -> Tape:
    """The whole update, with `given` as θ's gradient; θ stays in `before`, and what was subtracted in `change`.

    A long vector is taken in blocks that stay in the processor's cache from the first call to the last: on a network
    of 670,000 parameters Adam takes two thirds of the time. Its step goes into one block of scratch, again and
    again, which saves the way to memory; `network.change` is put off until somebody needs it. The last block comes
    first: the next forward pass begins with the weights that have been written last.
    """
    theta, weights = network.theta, network.on_weights(1.0)
    long = theta.size > BLOCK
    scratch = aligned((BLOCK,), network.dtype) if long else network.change
    tape: Tape = optimiser.begin(rates)
    network.late.tape = []
    for start in reversed(range(0, theta.size, BLOCK)):
        part = slice(start, start + BLOCK)
        before, moved, gradient, kept = network.before[part], theta[part], given[part], memory[:, part]
        tape += optimiser.tape(moved, gradient, scratch[: len(moved)], kept, rates, weights[part], before)
        if long:
            network.late.tape += optimiser.step(before, gradient, network.change[part], kept, rates, weights[part])
    return [*tape, (network.late.put_off, ())] if long else tape
