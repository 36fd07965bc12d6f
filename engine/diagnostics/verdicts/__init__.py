"""Verdicts on a run: one table, the most important first. Adding one is one class and one line."""

from ...training.trainer import Trainer
from .diagnosis import Diagnosis, Remedy, Verdict
from .flow import Exploding, Stuck, Vanishing
from .glance import Glance
from .progress import Converged, Diverged, Finished, Healthy, Overfitting, Plateau, Starting
from .steps import Coarse, Oscillating, Slow
from .units import Dead, Saturated, Symmetric

#: In the order in which they are asked; the last one always applies.
VERDICTS: tuple[Verdict, ...] = (
    Diverged(), Finished(), Symmetric(), Starting(), Dead(), Stuck(), Saturated(), Vanishing(), Exploding(), Coarse(),
    Oscillating(), Slow(), Overfitting(), Plateau(), Converged(), Healthy(),
)  # fmt: skip


def diagnose(trainer: Trainer) -> Diagnosis:
    """The most important thing that can be said of this moment of a run."""
    glance = Glance(trainer)
    return next(found for verdict in VERDICTS if (found := verdict.judge(glance)) is not None)


__all__ = ["VERDICTS", "Diagnosis", "Remedy", "Verdict", "diagnose"]
