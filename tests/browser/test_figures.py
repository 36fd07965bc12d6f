"""The figures of a run as a file: what the engine recorded, in a form that spreadsheets read."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.engine.training.history import ALL

ADDRESS = "#dataset=moons&hidden=5,4&seed=3&learning_rate=0.02&stop_epochs=20"
EXPERIMENT = Experiment(dataset="moons", hidden=[5, 4], seed=3, learning_rate=0.02, stop_epochs=20)


def saved(page: Any) -> tuple[str, list[dict[str, str]]]:
    """The name of the file, and its rows."""
    page.press("Lab")
    page.page.get_by_role("tab", name="Scores", exact=True).click()
    with page.page.expect_download() as download:
        page.press("Save the figures")
    content = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    assert content.endswith("\r\n")
    return download.value.suggested_filename, list(csv.DictReader(io.StringIO(content, newline="")))


def test_the_file_holds_what_the_engine_recorded(stage: Callable[..., Any]) -> None:
    page = stage(ADDRESS)
    page.slide("Speed", 6)
    page.until("state.status === 'stopped'")
    trainer = Trainer(EXPERIMENT)
    trainer.run(10**6)
    page.until(f"state.pulse.step === {trainer.steps}")
    name, rows = saved(page)
    assert name == f"nablascope-{page.state('room')}-step-{trainer.steps}.csv"
    recorded = trainer.history.since(-1, ALL)
    assert [int(row["step"]) for row in rows] == recorded[:, 0].tolist()
    for column, title in ((1, "batch loss"), (4, "gradient norm of layer 1"), (6, "gradient norm of layer 3")):
        assert [float(row[title]) for row in rows] == pytest.approx(recorded[:, column].tolist(), rel=1e-6)
    measured = [row for row in rows if row["train loss"]]
    assert measured and all(float(row["train loss"]) > 0 for row in measured)


def test_a_changed_setting_stands_at_the_first_step_that_it_counts_for(stage: Callable[..., Any]) -> None:
    page = stage(ADDRESS)
    page.rest()
    page.press("Reset")
    page.until("!state.playing && state.pulse.step === 0")
    for steps in (1, 2):
        page.press("One step")
        page.until(f"state.history.length === {steps}")
    page.slide("Learning rate", 0)
    page.until("state.marks.length === 1")
    page.press("One step")
    page.until("state.history.length === 3")
    _, rows = saved(page)
    assert [row["changed"] for row in rows] == ["", "", page.state("marks[0].text")]
