"""Readings of a run: gradients against finite differences, scores on both parts of the data, its past as a table."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ....engine import Report, history_csv, report
from ....engine.diagnostics import Pauses, check_run_with_pauses
from ..encode import RECORDS_AT_MOST

if TYPE_CHECKING:
    from ..run import TrainingRun

About = dict[str, Any]


def gradient_check(run: "TrainingRun", about: About) -> Pauses[dict[str, Any] | None]:
    """This moment's gradients against finite differences; None before the first finite step."""
    step = run.trainer.steps
    found = yield from check_run_with_pauses(run.trainer)
    return None if found is None else {"step": step, **vars(found)}


def scores(run: "TrainingRun", about: About) -> dict[str, Any]:
    """Loss, accuracy, confusion, precision and recall, or R² and RMSE, on both parts of the data."""
    trainer = run.trainer
    return {part: plain(report(trainer.network, trainer.data, part)) for part in ("train", "test")}


def figures(run: "TrainingRun", about: About) -> dict[str, Any]:
    """Losses and gradient norms of its steps as a table, with its marks; of one that looks back, all that is kept."""
    rows = (run.tip or run.trainer.history).since(-1, RECORDS_AT_MOST)
    changes = [(mark["step"], mark["text"]) for mark in run.marks]
    return {"step": run.trainer.steps, "csv": history_csv(rows, changes)}


def plain(found: Report) -> dict[str, Any]:
    """A report as JSON: what is no number is null."""
    return {name: finite(value) for name, value in vars(found).items()}


def finite(value: Any) -> Any:
    """Lists for arrays, None for NaN and infinities."""
    if isinstance(value, np.ndarray):
        return [finite(item) for item in value.tolist()]
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
