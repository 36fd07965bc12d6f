"""The lab's instruments on the stage: what they draw is the engine's, they can be ended, and the run goes on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from axe import at_every_size, faults_in_both_themes
from nablascope.engine import Experiment, Trainer
from nablascope.engine.diagnostics import completed, landscape, range_test

Open = Callable[..., Any]
ADDRESS = "#dataset=moons&hidden=5,4&seed=3&learning_rate=0.02&stop_epochs=20"
EXPERIMENT = Experiment(dataset="moons", hidden=[5, 4], seed=3, learning_rate=0.02, stop_epochs=20)


def opened(page: Any, tab: str) -> Any:
    """The lab at one of its instruments; its panel."""
    page.press("Lab")
    page.page.get_by_role("tab", name=tab, exact=True).click()
    panel = page.page.get_by_role("tabpanel", name=tab, exact=True)
    panel.wait_for()
    return panel


def stopped(stage: Open) -> tuple[Any, Trainer]:
    """A page whose run has come to its end, and the engine's own."""
    page = stage(ADDRESS)
    page.slide("Speed", 6)
    page.until("state.status === 'stopped'")
    trainer = Trainer(EXPERIMENT)
    while trainer.stopped is None:
        trainer.step()
    page.until(f"state.pulse.step === {trainer.steps}")  # its last picture may come after the word
    return page, trainer


def drawn(page: Any) -> int:
    """Colours in the lab's picture."""
    return int(
        page.page.evaluate(
            """() => { const canvas = document.querySelector(".lab canvas");
              const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              return new Set(new Uint32Array(data.buffer)).size; }"""
        )
    )


def test_the_range_test_shows_the_engines_curve_and_its_button_sets_the_rate(stage: Open) -> None:
    page, trainer = stopped(stage)
    panel = opened(page, "Range test")
    assert panel.get_by_role("region", name="Learning rate range test", exact=True).is_visible()
    page.press("Start the test")
    page.until("state.answers.range_test.found?.result")
    result = completed(range_test(trainer, 100))
    assert page.state("answers.range_test.found.result") == result.to_dict()
    assert page.page.evaluate("nablascope.state().answers.range_test.parts.map(part => part.smoothed)") == [
        *result.smoothed
    ]
    for name in ("lowest", "steepest", "best"):
        shown = panel.locator(f'[data-quantity="{name}"]').get_attribute("data-value")
        assert float(shown) == getattr(result, name)
    assert drawn(page) > 20
    assert result.lowest and result.steepest
    middle = float(f"{(result.lowest * result.steepest) ** 0.5:.2g}")
    page.press(f"Use η = {middle:g}")
    page.until(f"state.experiment.learning_rate === {middle}")


@pytest.mark.parametrize(("plane", "choice"), [("random", "Random directions"), ("path", "Along the path")])
def test_the_landscape_shows_the_engines_losses(stage: Open, plane: str, choice: str) -> None:
    page, trainer = stopped(stage)
    panel = opened(page, "Landscape")
    assert panel.get_by_role("region", name="Loss landscape", exact=True).is_visible()
    page.press(choice)
    page.press("Draw it")
    page.until("state.answers.landscape.found?.result")
    result = completed(landscape(trainer, np.random.default_rng(0), plane)).to_dict()
    assert page.state("answers.landscape.found.result") == result
    shown = {
        name: float(panel.locator(f'[data-quantity="{name}"]').get_attribute("data-value"))
        for name in ("here", "lowest_loss", "highest_loss")
    }
    assert shown == {
        "here": result["here"], "lowest_loss": np.min(result["losses"]), "highest_loss": np.max(result["losses"]),
    }  # fmt: skip
    assert drawn(page) > 100


def test_lines_of_equal_loss_lie_where_the_surface_has_that_height(server: Any, visits: Any) -> None:
    page = visits.open(server.url + "healthz", server.url)  # the same origin, without the stage
    segments = page.evaluate(
        """async () => { const {contour} = await import("/static/draw/contour.js");
          const at = (x, y) => (x - 3.3) ** 2 + (y - 4.1) ** 2;
          const rows = Array.from({length: 9}, (_, y) => Array.from({length: 9}, (_, x) => at(x, y)));
          rows[8][8] = null;
          return contour(rows, 6.43); }"""
    )
    points = np.array(segments).reshape(-1, 2)
    assert len(segments) > 12
    assert np.abs(np.hypot(points[:, 0] - 3.3, points[:, 1] - 4.1) - 6.43**0.5).max() < 0.06
    ends, counts = np.unique(points.round(9), axis=0, return_counts=True)
    assert len(ends) == len(segments) and (counts == 2).all()  # one closed line


def test_a_job_shows_how_far_it_is_can_be_cancelled_and_leaves_the_run_alone(stage: Open) -> None:
    page = stage("#hidden=32,32,32,32,32,32&dataset=digits&loss=softmax_cross_entropy")
    page.slide("Speed", 6)
    panel = opened(page, "Landscape")
    page.press("Draw it")
    page.until("state.answers.landscape?.parts.length > 1")
    bar = panel.get_by_role("progressbar", name="Progress of the landscape", exact=True)
    assert 0 < int(bar.get_attribute("aria-valuenow")) < 100
    step = page.state("pulse.step")
    page.until(f"state.pulse.step > {step} + 5 && !state.answers.landscape.found?.result")
    page.press("Cancel")
    page.until("state.answers.landscape.cancelled")
    assert "Cancelled" in panel.inner_text()
    page.press("Draw it")
    page.until("!state.answers.landscape.cancelled && state.answers.landscape.parts.length > 0")
    assert page.page.evaluate("window.nablascope.state().answers.landscape.parts.every(({row}, at) => row === at)")


def test_what_cannot_be_drawn_is_said_in_the_panel(stage: Open) -> None:
    page = stage()
    page.press("Pause")
    page.press("Reset")
    page.until("state.pulse.step === 0")
    panel = opened(page, "Landscape")
    assert "Draw it to see" in panel.inner_text()
    page.press("Along the path")
    page.press("Draw it")
    page.until("state.answers.landscape?.refused")
    assert "two recorded states" in panel.inner_text()


def test_the_lab_is_walked_by_arrow_keys(stage: Open) -> None:
    page = stage()
    page.press("Lab")
    tab = page.page.get_by_role("tab", name="Range test", exact=True)
    tab.click()
    page.until("state.lab === 'range_test'")
    page.page.keyboard.press("ArrowRight")
    page.until("state.lab === 'landscape'")
    assert page.page.get_by_role("tab", name="Landscape", exact=True).get_attribute("aria-selected") == "true"
    assert page.page.evaluate("document.activeElement.id") == "tab-landscape"
    page.press("Close the lab")
    page.until("state.lab === null")
    assert page.page.get_by_role("tab").count() == 0


def test_axe_finds_nothing_in_the_lab(stage: Open) -> None:
    page = stage()
    page.rest()
    for tab, button, what in (("Range test", "Start the test", "range_test"), ("Landscape", "Draw it", "landscape")):
        opened(page, tab)
        page.press(button)
        page.until(f"state.answers.{what}?.found?.result")
        scroll = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        for width, height in at_every_size(page.page):
            assert faults_in_both_themes(page.page) == []
            if width > 820:
                assert page.page.evaluate(scroll) == [width, height]
        page.press("Close the lab")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768)])
@pytest.mark.parametrize("preset", ["First look", "Vanishing gradient"])
def test_the_lab_shows_every_instrument_without_scrolling(stage: Open, width: int, height: int, preset: str) -> None:
    page = stage(viewport={"width": width, "height": height})
    page.choose("Preset", preset)
    page.until(f"state.preset === {preset!r} && state.pulse && state.pulse.step > 0")
    page.rest()
    page.press("Lab")
    lab = page.page.locator("#lab")
    for tab in lab.get_by_role("tab").all():
        tab.click()
        page.page.wait_for_timeout(800)
        room = "lab => [lab.scrollHeight - lab.clientHeight, lab.scrollWidth - lab.clientWidth]"
        assert max(lab.evaluate(room)) <= 0, tab.inner_text()
    # Close stands beside the first tab.
    first, close = lab.get_by_role("tab").first.bounding_box(), page.page.get_by_label("Close the lab").bounding_box()
    assert abs(first["y"] + first["height"] / 2 - close["y"] - close["height"] / 2) < 6
    outer = page.page.get_by_role("region", name="Step lens", exact=True).bounding_box()
    along = page.page.get_by_role("button", name="along −∇L", exact=True).bounding_box()
    assert along["x"] + along["width"] <= outer["x"] + outer["width"]
    # What is inspected has its own place beside it.
    page.page.locator('[data-view="ladder"]').click(position={"x": 5, "y": 5})
    page.page.get_by_role("application", name="Units of the network").get_by_role("button").press("Enter")
    page.until("state.selection !== null && state.answers.inspection?.found")
    inspector = page.page.get_by_role("region", name="Inspector", exact=True).bounding_box()
    box = lab.bounding_box()
    assert box["y"] + box["height"] <= inspector["y"] and inspector["y"] + inspector["height"] <= height
