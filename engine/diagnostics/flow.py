"""How the gradient flows through the layers, in one sentence that a student understands."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..activations import ACTIVATIONS
from ..tape import Array
from ..trainer import Trainer

#: Norms jump from batch to batch: what is said is their median over so many steps.
STEPS = 20
#: A first layer whose gradient is so many times smaller (larger) than the output layer's is worth a warning.
VANISHING, EXPLODING = 30.0, 10.0
#: A step that changes a layer's weights by more than this share of their size is no small step.
COARSE = 0.5
#: The share of ReLU units that are silent on the whole batch from which a layer is called dead.
DEAD = 0.5


@dataclass(frozen=True)
class Diagnosis:
    """kind: starting, healthy, vanishing, exploding, coarse, dead, stuck, converged or diverged.

    severity: good, note, warning or critical. layer: which one to look at, or None. advice: what to try, or "".
    """

    kind: str
    severity: str
    layer: int | None
    sentence: str
    advice: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def diagnose(trainer: Trainer) -> Diagnosis:
    """The most important thing that can be said of this moment of a run."""
    stopped = trainer.stopped
    if stopped is not None and stopped.kind == "diverged":
        advice = "Rewind to the last good step or Reset, then lower the learning rate."
        return Diagnosis("diverged", "critical", stopped.layer, stopped.sentence, advice)
    if stopped is not None:
        return Diagnosis("converged", "good", None, stopped.sentence, "Play goes on all the same.")
    rows = trainer.history.since(max(0, trainer.steps - STEPS), STEPS)
    if not len(rows):
        return Diagnosis("starting", "note", None, "The weights are as the initialiser drew them.", "Press Play.")
    norms = np.median(rows[:, 4:], axis=0)
    return _dead(trainer) or _stuck(norms) or _ratio(trainer, norms) or _coarse(trainer) or _healthy(norms)


def _dead(trainer: Trainer) -> Diagnosis | None:
    """A ReLU layer most of whose units answer 0 to the whole batch."""
    trace = trainer.trace
    if trace is None or "relu" not in trainer.network.activations:
        return None
    for layer, name in enumerate(trainer.network.activations, 1):
        if name != "relu":
            continue
        a = trace.a[layer]
        silent = int((a.max(axis=0) <= 0).sum())
        if silent > DEAD * a.shape[1]:
            sentence = (
                f"Layer {layer}: {silent} of {a.shape[1]} ReLU units are silent on the whole batch: no gradient."
            )
            return Diagnosis("dead", "warning", layer, sentence, "Lower η, or Reset with He initialisation.")
    return None


def _stuck(norms: Array) -> Diagnosis | None:
    """No gradient at all."""
    if norms.max() > 0:
        return None
    sentence = "Every gradient is exactly 0: nothing can be learned from here."
    return Diagnosis("stuck", "critical", None, sentence, "Reset with another initialiser.")


def _ratio(trainer: Trainer, norms: Array) -> Diagnosis | None:
    """The weakest (strongest) layer against the output layer."""
    output = float(norms[-1])
    if len(norms) < 2 or output <= 0:
        return None
    weakest, strongest = int(norms[:-1].argmin()), int(norms[:-1].argmax())
    if norms[weakest] * VANISHING < output:
        if norms[weakest] == 0:
            how = "does not learn at all"
        else:
            how = f"learns {times(output / float(norms[weakest]))} slower than the output layer"
        steepest = min(ACTIVATIONS[name].steepest for name in trainer.network.activations[:-1])
        why = f" (σ′ ≤ {steepest:g})" if steepest < 1 else ""
        sentence = f"Layer {weakest + 1} {how}: the gradient is vanishing{why}."
        advice = "Try ReLU with He initialisation, or fewer layers."
        return Diagnosis("vanishing", "warning", weakest + 1, sentence, advice)
    if norms[strongest] > EXPLODING * output:
        ratio = times(float(norms[strongest]) / output)
        sentence = f"The gradient of layer {strongest + 1} is {ratio} that of the output layer: it is exploding."
        return Diagnosis("exploding", "warning", strongest + 1, sentence, "Try Xavier initialisation, or a lower η.")
    return None


def _coarse(trainer: Trainer) -> Diagnosis | None:
    """Steps as large as the weights themselves."""
    if trainer.trace is None or not trainer.trace.updated:
        return None
    ratios = np.nan_to_num(trainer.trace.update_ratios, nan=0.0)
    layer = int(ratios.argmax())
    if ratios[layer] <= COARSE:
        return None
    sentence = f"One step changes the weights of layer {layer + 1} by {round(100 * min(ratios[layer], 99.0))} %."
    return Diagnosis("coarse", "warning", layer + 1, sentence, "The learning rate is too large: try a tenth of it.")


def _healthy(norms: Array) -> Diagnosis:
    """Nothing to complain about."""
    smallest = float(norms.min())
    if len(norms) == 1 or smallest <= 0:
        return Diagnosis("healthy", "good", None, "The gradient reaches every layer.")
    spread = times(float(norms.max()) / smallest)
    return Diagnosis(
        "healthy", "good", None, f"Every layer learns: its gradient differs at most {spread} from another's."
    )


def times(ratio: float) -> str:
    """A factor with two significant digits: 2.7×, 270×, 3·10⁸×."""
    if ratio < 9.95:
        return f"{ratio:.1f}×"
    if ratio < 1e5:
        digits = int(math.log10(ratio)) - 1
        return f"{round(ratio / 10**digits) * 10**digits:,}×"
    exponent = int(math.log10(ratio))
    raised = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{ratio / 10**exponent:.0f}·10{raised}×"
