"""A layer in the inspector: reached by heading, ladder and keyboard, told and checked with the engine's numbers."""

from collections.abc import Callable
from typing import Any

import pytest
from inspecting import choose, inspected, stepped, value
from nablascope.engine.diagnostics import Place, check_layer, inspect

Open = Callable[..., Any]
#: The middle of a layer's column, in the page.
COLUMN = """async layer => {
  const {layoutNetwork, shapeOf, TITLES} = await import("/static/model/layout.js");
  const box = document.querySelector('[data-view="network"]').getBoundingClientRect();
  const {width, height} = box, {run} = window.nablascope.state();
  return box.left + layoutNetwork({...shapeOf(run), width, height, top: TITLES})[layer].x; }"""
PIXELS = """() => document.querySelector('[data-view="network"] canvas').toDataURL()"""


def vector(page: Any, line: str, label: str) -> list[float]:
    """The cells of a small picture in a line."""
    picture = page.page.locator(f".inspector li[data-line='{line}']").locator(f"svg[aria-label^='{label}:']")
    return [float(cell) for cell in picture.locator("rect").evaluate_all("all => all.map(one => one.dataset.value)")]


def test_a_layer_is_reached_by_its_heading_and_its_bar_and_told_with_the_engines_numbers(stage: Open) -> None:
    page = stage()
    trainer = stepped(page)
    before = page.page.evaluate(PIXELS)
    x = page.page.evaluate(COLUMN, 2)
    ladder = page.page.locator('[data-view="ladder"]').bounding_box()
    top = page.page.locator('[data-view="network"]').bounding_box()["y"] + 8
    page.page.mouse.click(x, top)
    inspected(page, "layer", layer=2)
    assert page.page.evaluate(PIXELS) != before
    found: Any = inspect(trainer, Place("layer", 2))
    assert page.page.locator(".inspector h2").inner_text().startswith("Layer 2")
    for side, view in (("sample on show", found.sample), ("batch mean", found.mean)):
        page.press(side)
        for name in ("z", "a", "error", "slope", "delta"):
            assert value(page, name) == view.norms[name], name
        for line, label, cells in (
            ("z", "in", view.inputs), ("z", "z", view.z), ("a", "a", view.a), ("slope", "σ′", view.slope),
            ("delta", "δ", view.delta), ("z", "W", found.weight), ("gradient", "∂L/∂W", found.gradient),
            ("change", "step", found.update.change),
        ):  # fmt: skip
            assert vector(page, line, label) == pytest.approx(cells.reshape(-1).tolist(), rel=1e-4), label
    assert value(page, "gradient") == found.gradient_norm
    assert value(page, "change") == found.update.change_norm
    body = page.page.locator(".inspector-body")
    assert float(body.locator("[data-mean-slope]").get_attribute("data-mean-slope")) == found.mean_slope
    assert float(body.locator("[data-ratio]").get_attribute("data-ratio")) == found.update.ratio
    assert body.locator("[data-flat]").get_attribute("data-flat") == f"{len(found.saturated)} {len(found.dead)}"
    assert page.page.get_by_role("slider", name="Nudge", exact=True).count() == 0
    page.page.mouse.click(x, ladder["y"] + ladder["height"] - 30)
    page.until("state.selection === null")
    assert page.page.evaluate(PIXELS) == before
    page.page.mouse.click(x, ladder["y"] + ladder["height"] - 30)
    inspected(page, "layer", layer=2)


def test_a_layer_is_reached_by_keyboard_and_its_whole_gradient_checked(stage: Open) -> None:
    page = stage()
    trainer = stepped(page)
    here = page.page.get_by_role("application", name="Units of the network").get_by_role("button")
    here.focus()
    for key in ("ArrowRight", "ArrowUp", "Enter"):
        page.page.keyboard.press(key)
        page.until("true")
    inspected(page, "layer", layer=2)
    page.page.get_by_role("button", name="Layer 2", exact=True).wait_for()
    page.press("Check this gradient")
    said = page.page.locator(".inspector [data-check]")
    said.wait_for()
    found = check_layer(trainer, Place("layer", 2))
    assert found is not None and said.inner_text().startswith("✓")
    assert float(said.get_attribute("data-check")) == found.relative_error < 1e-6
    assert int(said.get_attribute("data-checked")) == int(said.get_attribute("data-of")) == 6 * 6 + 6
    here.focus()
    page.page.keyboard.press("ArrowDown")
    page.until("true")
    page.page.keyboard.press("Enter")
    inspected(page, "unit", layer=2, unit=0)
    choose(page, "3", "all")
    inspected(page, "layer", layer=3)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_a_wide_layer_is_shown_as_far_as_there_is_room_and_says_so(stage: Open, width: int, height: int) -> None:
    page = stage(
        "#dataset=digits&hidden=32,16&loss=softmax_cross_entropy", viewport={"width": width, "height": height}
    )
    page.press("Pause")
    page.press("One step")
    page.until("state.parameters.after")
    choose(page, "1", "all")
    inspected(page, "layer", layer=1)
    body = page.page.locator(".inspector-body")
    assert body.locator("li[data-shape]").get_attribute("data-shape") == "64 32"
    assert body.evaluate("body => body.scrollWidth - body.clientWidth") <= 0
    assert body.locator("svg[aria-label^='W, the first 16 × 16 of 64 × 32:'] rect").count() == 256
