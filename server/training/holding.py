"""How many bytes a run holds: its arrays, and about as much as what is prepared for them takes. Pure."""

from collections.abc import Iterable

import numpy as np

from ...engine import State, Trainer
from .run import TrainingRun

#: What an instrument works with, as measured: how many times the parameters, how many times the buffers of a training
#: step with as many samples; most samples of a job.
THETAS, BUFFERS, JOB_SAMPLES = 8, 1.25, 1024
#: Bytes besides the arrays, as measured: of a run, and of each layer in each set of buffers (views, prepared calls).
A_RUN, A_LAYER = 400_000, 20_000


def held_by(run: TrainingRun) -> int:
    """Parameters and the optimiser's memory, buffers for batches, samples, the past that it can go back to."""
    trainer, tip = run.trainer, run.tip
    past = trainer.timeline.bytes
    if tip is not None:
        kept = {id(state) for state in trainer.timeline.states}
        more = {id(state): state for state in (tip.state, *tip.timeline.states)}
        past += sizes(state for name, state in more.items() if name not in kept)
    return A_RUN + past + of_arrays(trainer) + of_asked(run)


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


def of_asked(run: TrainingRun) -> int:
    """About what the question and the job under way keep between two parts: for each a twin of the network."""
    asks, samples = run.queue, len(run.trainer.data.x_train)
    question = 0 if asks.question is None else of_twin(run.trainer, 0)
    return question + (0 if asks.job is None else of_twin(run.trainer, min(JOB_SAMPLES, samples)))


def of_twin(trainer: Trainer, samples: int) -> int:
    """A copy of a network in double precision, with buffers for so many samples, or a batch if that is more."""
    network, doubled = trainer.network, np.dtype(np.float64).itemsize // trainer.dtype.itemsize
    largest = max((each for each in network.workspaces if each.training), key=lambda each: each.batch, default=None)
    buffers = 0 if largest is None else largest.nbytes / largest.batch * max(samples, largest.batch)
    return int(doubled * (THETAS * network.theta.nbytes + BUFFERS * buffers)) + A_LAYER * len(network.sizes)
