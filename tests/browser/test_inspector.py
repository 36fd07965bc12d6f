"""The inspector: what is clicked is told with the engine's numbers, also by keyboard; checks, nudges, who may."""

from collections.abc import Callable
from typing import Any

import pytest
from axe import at_every_size, faults_in_both_themes
from inspecting import choose, inspected, stepped, value
from nablascope.engine.diagnostics import Place, inspect, nudge
from nablascope.engine.losses import LOSSES
from nablascope.engine.optimisers import OPTIMISERS

Open = Callable[..., Any]
#: The middle of a unit, or of a connection, in the page.
UNIT = """async ([layer, unit]) => {
  const {layoutNetwork, lossPlace, shapeOf, TITLES} = await import("/static/model/layout.js");
  const box = document.querySelector('[data-view="network"]').getBoundingClientRect();
  const {width, height} = box, {run} = window.nablascope.state();
  const columns = layoutNetwork({...shapeOf(run), width, height, top: TITLES});
  if (layer === "loss") { const {x, y} = lossPlace(columns, height); return [box.left + x, box.top + y]; }
  return [box.left + columns[layer].xs[unit], box.top + columns[layer].y[unit]]; }"""
PIXELS = """() => document.querySelector('[data-view="network"] canvas').toDataURL()"""


def click(page: Any, layer: Any, unit: int = 0) -> None:
    page.page.mouse.click(*page.page.evaluate(UNIT, [layer, unit]))


def test_nothing_chosen_shows_one_step_line_by_line(stage: Open) -> None:
    page = stage()
    region = page.page.get_by_role("region", name="Inspector", exact=True)
    assert region.get_by_role("heading", name="One step, line by line").is_visible()
    assert region.locator(".lines li").count() == 6
    lowest = region.locator(".lines li").last.bounding_box()
    outer = region.bounding_box()
    assert lowest["y"] + lowest["height"] <= outer["y"] + outer["height"]


def test_a_clicked_unit_is_told_with_the_engines_numbers(stage: Open) -> None:
    page = stage()
    trainer = stepped(page)
    before = page.page.evaluate(PIXELS)
    click(page, 2, 1)
    inspected(page, "unit", layer=2, unit=1)
    found: Any = inspect(trainer, Place("unit", 2, 1))
    assert page.page.locator(".inspector h2").inner_text().startswith("Layer 2, unit 2")
    assert page.page.evaluate(PIXELS) != before
    for side, view in (("sample on show", found.sample), ("batch mean", found.mean)):
        page.press(side)
        for name in ("z", "a", "error", "slope", "delta"):
            assert value(page, name) == getattr(view, name), name
        terms = page.page.locator(".inspector li[data-line='z'] .term[data-unit]")
        shown = [float(term.get_attribute("data-value")) for term in terms.all()]
        assert shown == [term.product for term in view.terms]
    assert value(page, "gradient") == found.update.gradient
    assert value(page, "after") == trainer.network.biases[2][1]
    click(page, 2, 1)
    page.until("state.selection === null")
    assert page.page.evaluate(PIXELS) == before


def test_a_clicked_connection_and_the_loss_are_told_too(stage: Open) -> None:
    page = stage()
    trainer = stepped(page)
    (x1, y1), (x2, y2) = (page.page.evaluate(UNIT, [layer, unit]) for layer, unit in ((3, 0), (4, 0)))
    page.page.mouse.click((x1 + x2) / 2, (y1 + y2) / 2)
    inspected(page, "weight", layer=4, unit=0, source=0)
    found: Any = inspect(trainer, Place("weight", 4, 0, 0))
    assert value(page, "product") == found.sample.product
    assert value(page, "total") == found.update.gradient
    assert value(page, "after") == trainer.network.weights[4][0, 0]
    click(page, "loss")
    inspected(page, "loss")
    loss: Any = inspect(trainer, Place("loss"))
    assert value(page, "sample") == loss.sample
    assert value(page, "loss") == loss.loss
    page.page.mouse.click(x2 + 40, y2 - 60)
    page.until("state.selection === null")


def test_the_keyboard_goes_from_unit_to_unit_and_lists_reach_every_weight(stage: Open) -> None:
    page = stage()
    trainer = stepped(page)
    here = page.page.get_by_role("application", name="Units of the network").get_by_role("button")
    here.focus()
    keys = page.page.keyboard
    step = page.state("pulse.step")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        keys.press(key)
    page.page.get_by_role("button", name="Layer 2, unit 3", exact=True).wait_for()
    keys.press("Enter")
    inspected(page, "unit", layer=2, unit=2)
    keys.press("Escape")
    page.until("state.selection === null")
    for _ in range(4):
        keys.press("ArrowRight")
    keys.press("Enter")
    inspected(page, "loss")
    assert page.state("pulse.step") == step
    choose(page, "3", "1", "4")
    inspected(page, "weight", layer=3, unit=1, source=4)
    assert value(page, "after") == trainer.network.weights[3][4, 1]
    choose(page, "3", part="bias")
    inspected(page, "bias", layer=3, unit=0)
    choose(page, "0", "1")
    inspected(page, "input", unit=1)
    assert value(page, "error") == inspect(trainer, Place("input", 0, 1)).sample.error  # type: ignore[union-attr]


def test_every_optimiser_shows_what_it_remembers_and_every_loss_has_a_formula(stage: Open) -> None:
    page = stage()
    trainer = stepped(page, 1)
    choose(page, "2", "1", "0")
    for step, name in enumerate(OPTIMISERS, 2):
        page.choose("Optimiser", name)
        page.until(f"state.experiment.optimiser === '{name}'")
        page.press("One step")
        page.until(f"state.parameters.step === {step} && state.parameters.after")
        trainer.set(optimiser=name)
        trainer.step()
        page.until(f"(found => found.step === {step} && found.update.made)(state.answers.inspection.found)")
        update: Any = inspect(trainer, Place("weight", 2, 1, 0)).update  # type: ignore[union-attr]
        for remembered in ("v", "s", "m", "m_hat", "v_hat"):
            if remembered in update.state:
                assert value(page, remembered) == update.state[remembered], (name, remembered)
        assert value(page, "after") == update.after == trainer.network.weights[2][0, 1]
        assert "settings have changed" not in page.page.locator(".inspector").inner_text()
    formulas = """async names => { const {lossFormula} = await import("/static/panels/parts/formula.js");
      return names.map(name => lossFormula(name).props.children.flat().length); }"""
    assert min(page.page.evaluate(formulas, list(LOSSES))) > 3


def test_a_gradient_is_checked_on_request(stage: Open) -> None:
    page = stage()
    stepped(page)
    choose(page, "1", "2", "0")
    inspected(page, "weight", layer=1, unit=2, source=0)
    page.press("Check this gradient")
    said = page.page.locator(".inspector [data-check]")
    said.wait_for()
    assert float(said.get_attribute("data-check")) < 1e-6
    analytic = float(said.locator("[data-analytic]").get_attribute("data-analytic"))
    assert analytic == pytest.approx(value(page, "total"), rel=1e-4)
    assert said.inner_text().startswith("✓")


def test_a_nudge_shows_what_the_loss_does_and_letting_go_brings_everything_back(stage: Open) -> None:
    page = stage()
    trainer = stepped(page)
    choose(page, "2", "0", "3")
    inspected(page, "weight", layer=2, unit=0, source=3)
    before, theta = page.page.evaluate(PIXELS), page.state("parameters.theta[2][0]")
    slider = page.page.get_by_role("slider", name="Nudge", exact=True)
    box = slider.bounding_box()
    mouse = page.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=4)
    page.until("state.nudge > 0.3 && state.answers.nudge.found.by === state.nudge")
    found: Any = nudge(trainer, Place("weight", 2, 0, 3), page.state("nudge"))
    shown = page.page.locator(".changes")
    assert float(shown.get_attribute("data-change")) == found.change
    assert float(shown.get_attribute("data-predicted")) == found.predicted
    assert page.page.evaluate(PIXELS) != before
    mouse.up()
    page.until("state.nudge === null && !state.answers.nudge")
    page.page.wait_for_timeout(200)
    assert page.page.evaluate(PIXELS) == before
    assert page.state("parameters.theta[2][0]") == theta
    page.press("Play")
    page.until("state.playing")
    assert slider.is_disabled()


def test_a_watcher_may_look_but_not_nudge(stage: Open) -> None:
    driver = stage()
    stepped(driver)
    watcher = stage(f"r/{driver.state('room')}")
    choose(watcher, "1", "0")
    inspected(watcher, "unit", layer=1, unit=0)
    watcher.press("Check this gradient")
    watcher.page.locator(".inspector [data-check]").wait_for()
    assert watcher.page.get_by_role("slider", name="Nudge", exact=True).is_disabled()
    assert driver.state("selection") is None


def test_a_smaller_network_forgets_what_it_does_not_have(stage: Open) -> None:
    page = stage()
    choose(page, "3", "3")
    page.until("state.selection.layer === 3")
    page.press("Remove a layer")
    page.until("state.run.layers.length === 4 && state.selection === null")


def test_axe_finds_nothing_and_nothing_is_cut(stage: Open) -> None:
    page = stage()
    page.rest()
    page.press("One step")
    page.until("state.parameters.after")
    for layer, unit, part in (
        ("2", "1", None),
        ("2", "1", "3"),
        ("2", "all", None),
        ("0", "0", None),
        ("loss", None, None),
    ):
        choose(page, layer, unit, part)
        for width, height in at_every_size(page.page):
            assert faults_in_both_themes(page.page) == []
            nothing_is_cut(page)
            scroll = page.page.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            )
            assert scroll[0] == width and (width < 800 or scroll[1] == height)


def nothing_is_cut(page: Any) -> None:
    outer = page.page.locator(".inspector").bounding_box()
    for name in ("button", "select", ".inspector-body", "input", "output"):
        for element in page.page.locator(f".inspector {name}:not(.inspector-body *)").all():
            box = element.bounding_box()
            assert box["x"] >= outer["x"] and box["x"] + box["width"] <= outer["x"] + outer["width"]
            assert box["y"] + box["height"] <= outer["y"] + outer["height"]
