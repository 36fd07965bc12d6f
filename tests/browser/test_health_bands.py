"""Gradient health over time in a real browser: the bands are NumPy's percentiles, and asking follows the view."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from axe import at_every_size, faults_in_both_themes
from nablascope.engine import PRESETS, Trainer
from nablascope.engine.diagnostics.bands import PERCENTILES

Open = Callable[..., Any]


def opened(stage: Open, **more: Any) -> tuple[Any, Any]:
    """The stage, paused before its first step, with the recording open; and its region."""
    page = stage(**more)
    page.press("Pause")
    page.press("Reset")
    page.until("!state.playing && state.pulse.step === 0")
    page.press("Lab")
    page.press("over time")
    return page, page.page.get_by_role("region", name="Gradient health", exact=True)


def rows(region: Any) -> list[list[float]]:
    """The latest percentiles of each layer, layer 1 first."""
    return [json.loads(row.get_attribute("data-now")) for row in region.locator("tr[data-layer]").all()][::-1]


def test_the_bands_are_the_percentiles_of_every_step_that_was_made(stage: Open) -> None:
    page, region = opened(stage)
    region.get_by_text("No step has been made yet").wait_for()
    trainer = Trainer(PRESETS["First look"].experiment)
    for step in (1, 2, 3):
        page.press("One step")
        trace = trainer.step()
        page.until(f"state.parameters.step === {step} && state.parameters.after")
        page.until(f"state.answers.health_over_time?.found?.step === {step}")
    table = region.locator("table.bands")
    assert [table.get_attribute(f"data-{name}") for name in ("steps", "from", "to")] == ["3", "1", "3"]
    for name, arrays in (
        ("δ", [np.abs(delta) for delta in trace.delta[1:]]),
        ("z", trace.z[1:]),
        ("a", trace.a[1:]),
        ("∂L/∂W", [np.abs(trace.gradients[f"layer{layer}.weight"]) for layer in range(1, 5)]),
    ):
        region.get_by_role("button", name=name, exact=True).click()
        quantity = {"δ": "delta", "∂L/∂W": "gradient"}.get(name, name)
        page.until(f"state.answers.health_over_time.found.quantity === '{quantity}'")
        wanted = [np.percentile(array.astype(np.float64), PERCENTILES).tolist() for array in arrays]
        for shown, expected in zip(rows(region), wanted, strict=True):
            assert shown == pytest.approx(expected, rel=6e-3), name
    assert region.locator("svg[aria-label^='Layer 1, last: 5 %']").count() == 1


def test_a_run_that_goes_on_is_drawn_ever_longer_and_closing_ends_the_recording(stage: Open) -> None:
    page, region = opened(stage)
    page.slide("Speed", 6)
    page.press("Play")
    page.until("state.answers.health_over_time?.found?.steps.length > 12")
    medians = """() => document.querySelector(".bands .median").getAttribute("d").split("L").length"""
    first = page.page.evaluate(medians)
    page.until(f"state.answers.health_over_time.found.steps.length > {first + 8}")
    assert page.page.evaluate(medians) > first + 5
    region.get_by_role("button", name="now", exact=True).click()
    page.until("state.answers.health?.found")
    page.page.evaluate(
        """() => { window.sent = []; const send = WebSocket.prototype.send;
          WebSocket.prototype.send = function (text) { window.sent.push(text); return send.call(this, text); }; }"""
    )
    page.page.wait_for_timeout(1500)
    asked = [json.loads(text).get("what") for text in page.page.evaluate("window.sent")]
    assert "health" in asked and "health_over_time" not in asked


def test_the_paths_stand_where_the_values_are(server: Any, visits: Any) -> None:
    page = visits.open(server.url + "healthz", server.url)  # the same origin, without the stage
    drawn = """async () => {
      const {along, axisOf, between, heightOf, placesOf} = await import("/static/draw/bands.js");
      const axis = axisOf([[[1e-6, 1e-3], [0.05, null]]], true), plain = axisOf([[[-0.3, 1.7]]], false);
      const places = placesOf([10, 20, 40]);
      return {axis, plain, places, heights: [1e-6, 1e-3, 0.1, 0].map((value) => heightOf(value, axis)),
        line: along(places, [true, false, true], [1, 0, -1], {low: -1, high: 1, logarithmic: false}),
        hole: between(places, [true, false, false], [0, null, 0], [1, null, 1],
          {low: 0, high: 1, logarithmic: false})}; }"""
    found = page.evaluate(drawn)
    assert found["axis"] == {"low": -6, "high": -1, "logarithmic": True} and found["plain"]["high"] == 2
    assert found["places"] == pytest.approx([0, 1 / 3, 1])
    assert found["heights"] == pytest.approx([1, 0.4, 0, 1])
    assert found["line"] == "M0.0000 0.0000L0.3333 0.5000M1.0000 1.0000h0.01"
    assert found["hole"].count("M") == 2


def test_axe_finds_nothing_and_it_fits(stage: Open) -> None:
    page, region = opened(stage)
    page.press("Play")
    page.until("state.answers.health_over_time?.found?.steps.length > 1")
    page.rest()
    lab = page.page.locator("#lab")
    for _ in at_every_size(page.page):
        assert faults_in_both_themes(page.page) == []
        assert lab.evaluate("lab => lab.scrollWidth - lab.clientWidth") <= 0
        assert region.locator("table.bands th, table.bands td").evaluate_all(
            "cells => cells.every((cell) => cell.scrollWidth <= cell.clientWidth + 1)"
        )
