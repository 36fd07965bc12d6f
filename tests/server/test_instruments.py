"""Instruments over a real socket: their answers are the engine's own, and looking does not stop what is looked at."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer, history_csv
from nablascope.engine.diagnostics import completed, landscape, range_test, step_lens
from nablascope.server.training.instruments.queue import ASKS, JOBS
from nablascope.server.wire.protocol import PARAMETERS

Open = Callable[..., Any]
EXPERIMENT = Experiment(dataset="moons", hidden=[6, 5], optimiser="adam", learning_rate=0.02, seed=5)
STEPS = 3


@pytest.fixture
def paused(client: Open) -> Any:
    """A driver whose run stands after three steps, and the engine's own trainer in the same state."""
    driver = client()
    driver.send(type="pause")
    driver.send(type="set", changes=EXPERIMENT.to_dict(), reset=True)
    driver.event("run", dataset="moons")
    for step in range(1, STEPS + 1):
        driver.send(type="step")
        driver.frame(PARAMETERS, where=lambda header, step=step: header.step == step and header.phase == 7)  # type: ignore[misc]
    trainer = Trainer(EXPERIMENT)
    for _ in range(STEPS):
        trainer.step()
    return driver, trainer


def test_figures_over_the_wire_are_the_engines_table(paused: Any) -> None:
    driver, trainer = paused
    driver.send(type="ask", what="figures", about={})
    found = driver.event("answer", what="figures")["found"]
    assert found["step"] == STEPS
    measured = [",".join(line.split(",")[:2] + line.split(",")[4:]) for line in found["csv"].splitlines()]
    table = history_csv(trainer.history.since(-1, STEPS)).splitlines()
    assert measured == [",".join(line.split(",")[:2] + line.split(",")[4:]) for line in table]


def parts(driver: Any, what: str, timeout: float = 20.0) -> list[dict[str, Any]]:
    """All answers of a job, the result last."""
    found: list[dict[str, Any]] = []
    while not found or "result" not in found[-1]:
        found.append(driver.event("answer", timeout, what=what)["found"])
    return found


@pytest.mark.parametrize("direction", ["optimiser", "gradient"])
def test_the_lens_of_a_paused_run_is_the_engines_own(paused: Any, direction: str) -> None:
    driver, trainer = paused
    driver.send(type="ask", what="lens", about={"direction": direction})
    answer = driver.event("answer", what="lens")
    assert (answer["cancelled"], answer["refused"]) == (False, None)
    lens = step_lens(trainer, direction)
    assert lens is not None and answer["found"] == lens.to_dict()


def test_a_run_without_a_step_has_nothing_to_show_through_the_lens(client: Open) -> None:
    driver = client()
    driver.send(type="pause")
    driver.send(type="reset")
    driver.send(type="ask", what="lens")
    assert driver.event("answer", what="lens")["found"] is None


def test_the_range_test_comes_step_by_step_and_is_the_engines_own(paused: Any) -> None:
    driver, trainer = paused
    driver.send(type="ask", what="range_test", about={"steps": 60})
    *steps, last = parts(driver, "range_test")
    result = completed(range_test(trainer, 60)).to_dict()
    assert last == {"progress": 1.0, "result": result}
    assert [part["step"] for part in steps] == list(range(1, len(result["rates"]) + 1))
    assert [part["progress"] for part in steps] == [part["step"] / 60 for part in steps]
    assert [part["smoothed"] for part in steps] == result["smoothed"]


@pytest.mark.parametrize("plane", ["random", "path"])
def test_the_landscape_comes_row_by_row_and_is_the_engines_own(client: Open, plane: str) -> None:
    driver = client()
    driver.send(type="pause")
    driver.send(type="set", changes={**EXPERIMENT.to_dict(), "stop_epochs": 40}, reset=True)
    driver.send(type="speed", value=6)
    driver.send(type="play")
    driver.event("state", status="stopped")
    driver.send(type="ask", what="landscape", about={"plane": plane, "points": 9, "seed": 4})
    *rows, last = parts(driver, "landscape")
    trainer = Trainer(EXPERIMENT.change(stop_epochs=40))
    while trainer.stopped is None:
        trainer.step()
    result = completed(landscape(trainer, np.random.default_rng(4), plane, 9)).to_dict()
    assert last["result"] == result
    assert [row["losses"] for row in rows] == result["losses"]
    assert [row["progress"] for row in rows] == [(index + 1) / 9 for index in range(9)]


def test_a_playing_run_goes_on_while_a_landscape_is_drawn(client: Open) -> None:
    driver = client()
    driver.send(type="speed", value=6)
    driver.event("state", speed=6)
    driver.send(type="ask", what="landscape", about={"points": 41})
    seen, found = [], None
    while found is None or "result" not in found:
        message = driver.receive()
        if isinstance(message, dict):
            found = message["found"] if message["type"] == "answer" else found
        elif message[5] == 1 and found is not None:
            seen.append(int.from_bytes(message[24:28], "little"))
    assert len(seen) > 2 and seen[-1] > seen[0] + 100


def test_a_job_can_be_cancelled_and_its_place_taken(client: Open) -> None:
    driver = client()
    driver.send(type="ask", what="landscape", about={"points": 101})
    assert driver.event("answer", what="landscape")["found"]["progress"] < 1
    driver.send(type="cancel")
    assert driver.event("answer", what="landscape", cancelled=True)["found"] is None
    driver.send(type="ask", what="landscape", about={"points": 101})
    driver.event("answer", what="landscape")
    driver.send(type="ask", what="range_test", about={"steps": 20})
    driver.event("answer", what="landscape", cancelled=True)
    assert parts(driver, "range_test")[-1]["result"]


def test_a_new_start_ends_the_job_of_the_old_run(client: Open) -> None:
    driver = client()
    driver.send(type="ask", what="landscape", about={"points": 101})
    driver.event("answer", what="landscape")
    driver.send(type="preset", name="Sine")
    run = driver.event("run", dataset="sine")["run"]
    assert driver.event("answer", what="landscape", cancelled=True)["run"] == run


def test_a_plane_that_cannot_be_laid_is_refused_in_the_engines_words(client: Open) -> None:
    driver = client()
    driver.send(type="pause")
    driver.send(type="reset")
    driver.send(type="ask", what="landscape", about={"plane": "path"})
    answer = driver.event("answer", what="landscape")
    assert answer["found"] is None and not answer["cancelled"]
    assert answer["refused"]["field"] == "plane" and "two recorded states" in answer["refused"]["expected"]


@pytest.mark.parametrize("what", [name for name in [*ASKS, *JOBS] if name in ("lens", "range_test", "landscape")])
@pytest.mark.parametrize("about", [{"colour": 1}, {"colour": None}])
def test_what_an_instrument_does_not_know_is_refused(client: Open, what: str, about: dict[str, Any]) -> None:
    driver = client()
    driver.send(type="ask", what=what, about=about)
    assert driver.event("error")["field"] == "about.colour"


@pytest.mark.parametrize(
    ("what", "about", "field"),
    [
        ("telescope", {}, "what"), ("lens", {"direction": "sideways"}, "direction"),
        ("lens", {"direction": 1}, "about.direction"), ("lens", {"direction": ["gradient"]}, "about.direction"),
        ("range_test", {"steps": "many"}, "about.steps"), ("range_test", {"steps": True}, "about.steps"),
        ("range_test", {"steps": 50.0}, "about.steps"), ("landscape", {"plane": None}, "about.plane"),
        ("landscape", {"seed": -1}, "about.seed"), ("landscape", {"points": [9]}, "about.points"),
    ],
)  # fmt: skip
def test_a_bad_question_gets_an_error_that_names_the_field(
    client: Open, what: str, about: dict[str, Any], field: str
) -> None:
    driver = client()
    driver.send(type="ask", what=what, about=about)
    assert driver.event("error")["field"] == field


@pytest.mark.parametrize(
    ("what", "about", "field"),
    [
        ("range_test", {"steps": 5}, "steps"), ("landscape", {"plane": "flat"}, "plane"),
        ("landscape", {"points": 1000}, "points"),
    ],
)  # fmt: skip
def test_a_job_that_the_engine_refuses_says_so_in_its_answer(
    client: Open, what: str, about: dict[str, Any], field: str
) -> None:
    driver = client()
    driver.send(type="ask", what=what, about=about)
    assert driver.event("answer", what=what)["refused"]["field"] == field
