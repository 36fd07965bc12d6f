"""A run as a small card, for the board of its class: made at most twice a second, and only when something is new."""

import base64
from typing import Any

import numpy as np

from ...engine.diagnostics import belief, diagnose
from . import encode
from .instruments.scores import finite
from .run import TrainingRun

#: Seconds between two cards of a run; making them may take one part in so many of a process's time.
EVERY, SHARE = 0.5, 20.0
CELLS, POINTS = 24, 48
SETTINGS = (
    "hidden", "activation", "initialiser", "optimiser", "batch_size", "dataset", "loss", "normalisation", "residual",
)  # fmt: skip


class Cards:
    """The cards of one run: when the next one is due, and what the last one showed."""

    def __init__(self, now: float) -> None:
        self._next = now
        self._shown: tuple[Any, ...] = ()
        self._turned: tuple[int, int] = (0, -1)
        self._best: float | None = None

    def next_due(self, run: TrainingRun) -> float | None:
        """When a card should be made; None while it would show nothing new."""
        return None if moment(run) == self._shown else self._next

    def make(self, run: TrainingRun, now: float) -> dict[str, Any] | None:
        """The card, if one is due."""
        due = self.next_due(run)
        if due is None or now < due:
            return None
        started = run.rates.clock()
        self._shown = moment(run)
        if not run.trainer.stopped_by_divergence:
            run.measure(now)
        card = self._card(run)
        self._next = now + max(EVERY, SHARE * run.sharers * (run.rates.clock() - started))
        return card

    def _card(self, run: TrainingRun) -> dict[str, Any]:
        trainer = run.trainer
        step, epoch, loss = encode.moment(trainer)
        metrics = encode.UNMEASURED if trainer.stopped_by_divergence else run.metrics
        diagnosis = diagnose(trainer)
        numbers = {
            "step": step, "epoch": epoch, "learning_rate": trainer.rate, "loss": loss,
            "train_loss": metrics.train_loss, "test_loss": metrics.test_loss,
            "best_loss": self._lowest(run, metrics.train_loss), "accuracy": metrics.test_accuracy,
        }  # fmt: skip
        return {
            **{name: finite(value) for name, value in numbers.items()},
            "status": run.status,
            "diagnosis": {"kind": diagnosis.kind, "severity": diagnosis.severity, "sentence": diagnosis.sentence},
            "settings": settings(run), "curve": curve(run), "picture": picture(run),
        }  # fmt: skip

    def _lowest(self, run: TrainingRun, loss: float) -> float | None:
        """The lowest training loss that was measured with the settings in force."""
        turned = (run.run, run.revision)
        if turned != self._turned:
            self._turned, self._best = turned, None
        if np.isfinite(loss):
            self._best = loss if self._best is None else min(loss, self._best)
        return self._best


def moment(run: TrainingRun) -> tuple[Any, ...]:
    """All that a card depends on."""
    return run.run, run.trainer.steps, run.revision, run.status


def settings(run: TrainingRun) -> dict[str, Any]:
    """What a class compares its runs by."""
    told = run.trainer.experiment.to_dict()
    hidden = told["hidden"]
    return {"depth": len(hidden), "width": max(hidden, default=0), **{name: told[name] for name in SETTINGS}}


def curve(run: TrainingRun) -> list[float | None]:
    """Training losses as they were measured, at most so many, the newest last."""
    measured = run.trainer.measured
    places = np.unique(np.linspace(0, len(measured) - 1, min(POINTS, len(measured))).round().astype(int))
    return [finite(float(f"{measured[place][1]:.5g}")) for place in places]


def picture(run: TrainingRun) -> dict[str, Any] | None:
    """The decision boundary in few cells; None when inputs are no points of a plane."""
    if run.trainer.data.space != "plane":
        return None
    values = belief(run.trainer.network, run.trainer.data, CELLS).astype(np.uint8)
    classes = len(run.trainer.data.dataset.classes)
    text = base64.b64encode(values.tobytes()).decode()
    return {"rows": CELLS, "columns": CELLS, "kind": "plane", "classes": classes, "values": text}
