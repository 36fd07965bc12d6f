"""How many bytes a run holds: its arrays, and about as much as what is prepared for them takes. Pure."""

from collections.abc import Iterable

import numpy as np

from ..engine import State, Trainer
from .run import RoomRun

#: Bytes besides the arrays, as measured: of a run, and of each layer in each set of buffers (views, prepared calls).
A_RUN, A_LAYER = 400_000, 20_000


def held_by(run: RoomRun) -> int:
    """Parameters and the optimiser's memory, buffers for batches, samples, the past that it can go back to."""
    trainer, tip = run.trainer, run.tip
    past = trainer.timeline.bytes
    if tip is not None:
        kept = {id(state) for state in trainer.timeline.states}
        past += tip.state.size + sizes(state for state in tip.timeline.states if id(state) not in kept)
    return A_RUN + past + of_arrays(trainer)


def sizes(states: Iterable[State]) -> int:
    """Of all of them."""
    return sum(state.size for state in states)


def of_arrays(trainer: Trainer) -> int:
    """What a trainer works with."""
    network, data = trainer.network, trainer.data
    own = [network.record, network.theta, network.statistics, trainer.memory]
    parts = [value for value in vars(data).values() if isinstance(value, np.ndarray)]
    samples = 2 * sum(part.nbytes for part in parts)  # as they were drawn, and as the network sees them
    buffers = sum(workspace.nbytes + A_LAYER * len(network.sizes) for workspace in network.workspaces)
    trace = trainer.trace
    copied = 0 if trace is None or trace.arena is None else trace.arena.memory.nbytes
    return sum(array.nbytes for array in own) + samples + buffers + copied + trainer.history.nbytes
