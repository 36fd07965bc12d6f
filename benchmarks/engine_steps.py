"""This engine's training step, four ways."""

from collections.abc import Callable

import numpy as np
from nablascope.engine import Trainer
from nablascope.engine.tape import Array, Call, straight
from rounds import Contender
from workload import Workload


def contender(workload: Workload, run: Callable[[Trainer, int], float]) -> Contender:
    """A trainer of its own; one that has stopped would be quick, and is no measurement."""
    trainer = workload.trainer()

    def steps(n: int) -> float:
        loss = run(trainer, n)
        if trainer.stopped is not None:
            raise SystemExit(f"{workload.name}: the run has stopped, {trainer.stopped}")
        return loss

    return Contender(steps)


def readable(trainer: Trainer, n: int) -> float:
    """Every step with its trace, the loss read."""
    loss = 0.0
    for _ in range(n):
        loss = trainer.step().loss
    return loss


def kept(trainer: Trainer, n: int) -> float:
    """Every trace held until the next is there: the trainer has to copy it before it goes on."""
    trace = trainer.step()
    for _ in range(n - 1):
        trace = trainer.step()
    return trace.loss


def unseen(trainer: Trainer, n: int) -> float:
    """`run`, as in turbo, when nobody looks; losses and norms still go to the history."""
    trainer.run(n)
    return trainer.loss


def bare(workload: Workload) -> Contender:
    """The trainer's own tapes without what only a trace needs: no norms, no θ before the step, nobody who looks."""
    trainer = workload.trainer()
    network, workspace, batches = trainer.network, trainer._workspace, trainer.batches
    take, into, settle = trainer._samples.taking(workspace)
    update = [call for call in trainer._change if not copies_into(call, network.before)]
    play = straight([*settle, *workspace.tape, *update])

    def run(n: int) -> float:
        loss = 0.0
        with np.errstate(all="ignore"):
            for _ in range(n):
                take(batches.due, *into)
                play()
                batches.advance()
                loss = workspace.loss.item()
        return loss

    return Contender(run)


def copies_into(call: Call, kept: Array) -> bool:
    """Whether a call of a tape does nothing but keep something there."""
    into = getattr(call[0], "__self__", None)
    return isinstance(into, memoryview) and np.shares_memory(np.asarray(into), kept)
