"""The loss of the sample on show, output by output, and of the batch."""

from dataclasses import dataclass

import numpy as np

from ..losses import LOSSES, End
from ..step.trace import Trace
from ..tape import Array, play
from ..training.trainer import Trainer
from .finding import Finding
from .place import Place


@dataclass(frozen=True)
class Output(Finding):
    """One output: the answer ŷ, the target y (smoothed, if targets are), its share before any mean over outputs."""

    answer: float
    target: float
    share: float


@dataclass(frozen=True)
class LossInspection(Finding):
    """sample: the loss of the sample on show. mean: the batch's, which is the step's loss L without the penalty."""

    place: Place
    step: int
    batch: int
    name: str
    outputs: tuple[Output, ...]
    sample: float
    mean: float
    penalty: float
    loss: float


def inspect_loss(trainer: Trainer, trace: Trace, place: Place) -> LossInspection:
    """Every number by the loss's own calls, in float64."""
    network, shown = trace.network, trace.shown
    seen, answers = (trace.z if network.fused else trace.a)[-1], trace.a[-1].astype(np.float64)
    targets = smoothed(trace.y.astype(np.float64), trainer)
    one = slice(shown, shown + 1)
    mean = measured(network.loss, seen, answers, targets)
    return LossInspection(
        place, trace.step, len(targets), network.loss,
        tuple(
            Output(float(answers[shown, unit]), float(targets[shown, unit]), share)
            for unit, share in enumerate(shares(network.loss, seen[one], answers[one], targets[one]))
        ),
        measured(network.loss, seen[one], answers[one], targets[one]), mean,
        penalty(trainer, trace), trace.loss,
    )  # fmt: skip


def smoothed(targets: Array, trainer: Trainer) -> Array:
    """Targets as the loss sees them in training (Szegedy et al. 2016)."""
    network = trainer.network
    loss, smoothing = LOSSES[network.loss], network.label_smoothing
    if not smoothing or not loss.smooths:
        return targets
    answers = network.sizes[-1] if loss.fuses == "softmax" else 2
    return targets * (1 - smoothing) + smoothing / answers


def measured(name: str, seen: Array, answers: Array, targets: Array) -> float:
    """The loss of these samples (samples, n_out), as the table's own calls have it."""
    seen, answers, targets = (np.ascontiguousarray(array.T, np.float64) for array in (seen, answers, targets))
    value = np.zeros(())
    with np.errstate(all="ignore"):
        play(LOSSES[name].tape(End(seen, answers, targets, np.empty_like(seen), value)))
    return float(value)


def shares(name: str, seen: Array, answers: Array, targets: Array) -> list[float]:
    """What each output of one sample adds: under a softmax, which the outputs share, −y ln ŷ, else its own loss."""
    if LOSSES[name].fuses != "softmax":
        return [
            measured(name, *(array[:, [unit]] for array in (seen, answers, targets))) for unit in range(seen.shape[1])
        ]
    logits = seen[0].astype(np.float64)
    surprise = np.logaddexp.reduce(logits) - logits
    return [float(share) for share in targets[0] * surprise]


def penalty(trainer: Trainer, trace: Trace) -> float:
    """λ₁ Σ|w| + ½ λ₂ Σw² at the weights of the step."""
    l1, l2, total = trainer.experiment.l1, trainer.experiment.l2, 0.0
    for layer in range(1, len(trace.network.sizes)):
        weight = trace.parameters[f"layer{layer}.weight"].astype(np.float64)
        total += l1 * float(np.abs(weight).sum()) + 0.5 * l2 * float((weight**2).sum())
    return total
