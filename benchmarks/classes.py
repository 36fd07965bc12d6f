"""A class's cards as its board gets them: real runs of the engine that differ in their settings, at a moment."""

import base64
import math
from typing import Any

import numpy as np
from nablascope.engine import Experiment, Trainer
from nablascope.engine.diagnostics import belief, diagnose
from nablascope.engine.diagnostics.finding import plain

NAMES = (
    "Ada", "Emmy", "Srinivasa", "Sofia", "Leonhard", "Maryam", "Carl Friedrich", "Hypatia", "Évariste", "Blaise",
    "Katherine", "Alan", "Grace", "Kurt", "Sophie", "Niels", "Joan", "Henri", "Ingrid", "Paul", "Dorothy", "Andrey",
)  # fmt: skip
CELLS = 24
#: What students change besides the rate, in turns; most leave it at that.
OTHERS: tuple[dict[str, Any], ...] = (
    {}, {}, {"activation": "relu", "initialiser": "he"}, {}, {"hidden": [8] * 4}, {"optimiser": "adam"},
    {"activation": "sigmoid"}, {"batch_size": 4},
)  # fmt: skip


def settings(experiment: Experiment) -> dict[str, Any]:
    """What a card says of the experiment."""
    hidden = list(experiment.hidden)
    told = ("activation", "initialiser", "optimiser", "batch_size", "dataset", "loss", "normalisation", "residual")
    return {"depth": len(hidden), "width": max(hidden), "hidden": hidden} | {
        name: getattr(experiment, name) for name in told
    }


def card(trainer: Trainer, best: float, member: int, name: str | None) -> dict[str, Any]:
    """What the board shows of a run."""
    losses = trainer.history.since(-1, 100_000)[:, 1]
    every = max(1, math.ceil(len(losses) / 48))
    found = diagnose(trainer)
    values = base64.b64encode(belief(trainer.network, trainer.data, CELLS).tobytes()).decode()
    diverged = trainer.stopped is not None and trainer.stopped.kind == "diverged"
    train = None if diverged else plain(trainer.metrics().train_loss)
    return {
        "member": member, "name": name, "step": trainer.steps, "epoch": trainer.epoch,
        "learning_rate": trainer.experiment.learning_rate, "loss": plain(float(losses[-1])), "train_loss": train,
        "test_loss": None, "best_loss": plain(best), "accuracy": None,
        "status": "diverged" if diverged else "running",
        "diagnosis": {"kind": found.kind, "severity": found.severity, "sentence": found.sentence},
        "settings": settings(trainer.experiment), "curve": [plain(float(loss)) for loss in losses[::every]],
        "picture": {"classes": 2, "rows": CELLS, "columns": CELLS, "values": values, "kind": "plane"},
    }  # fmt: skip


def cards(count: int, steps: int = 240) -> list[dict[str, Any]]:
    """So many students' runs, with rates from 10⁻³ to 10."""
    rng = np.random.default_rng(5)
    made = []
    for member in range(1, count + 1):
        rate = float(f"{10 ** rng.uniform(-3, 1.0):.3g}")
        experiment = Experiment(dataset="moons", learning_rate=rate, seed=1).change(**OTHERS[member % len(OTHERS)])
        trainer = Trainer(experiment)
        best = math.inf
        for step in range(int(steps * rng.uniform(0.7, 1.0))):
            if trainer.stopped is not None:
                break
            trainer.step()
            best = min(best, trainer.metrics().train_loss) if step % 20 == 19 else best
        turn, which = divmod(member, len(NAMES))
        name = None if member % 5 == 4 else f"{NAMES[which]} {turn + 1}" if turn else NAMES[which]
        made.append(card(trainer, best, member, name))
    return made
