"""This engine's training step, three ways."""

from collections.abc import Callable

from nablascope.engine import Trainer
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
