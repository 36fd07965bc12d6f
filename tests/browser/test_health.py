"""Gradient health, δ taken apart and the blow-up in a real browser: what they show is what the engine finds."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from axe import faults_at_every_size, faults_in_both_themes
from nablascope.engine import PRESETS, Trainer
from nablascope.engine.diagnostics import autopsy, gradient_health, take_apart

Open = Callable[..., Any]


def region(page: Any, name: str) -> Any:
    return page.page.get_by_role("region", name=name, exact=True)


def after_a_step(stage: Open, preset: str) -> tuple[Any, Trainer]:
    """The stage, paused after the preset's first step, and the same run here."""
    page, trainer = stage(), Trainer(PRESETS[preset].experiment)
    page.choose("Preset", preset)
    page.until(f"state.preset === {preset!r} && state.pulse")
    page.press("Pause")
    page.press("Reset")
    page.until("!state.playing && state.pulse.step === 0")
    page.slide("Speed", 1)
    page.press("One step")
    trainer.step()
    page.until("state.parameters.step === 1 && state.parameters.after")
    page.press("Lab")
    return page, trainer


def diverged(stage: Open) -> Any:
    page = stage()
    page.choose("Preset", "Sine")
    page.choose("Activation", "relu")
    page.page.get_by_role("slider", name="Learning rate", exact=True).press("End")
    page.until("state.status === 'diverged'")
    return page


def numbers(rows: Any, attribute: str) -> list[float | None]:
    """Of an attribute of cells in rows from the output down: layer 1 first."""
    texts = rows.evaluate_all(
        "(rows, name) => rows.map((row) => row.querySelector(`[${name}]`)?.getAttribute(name) ?? null)", attribute
    )
    return [None if text is None else float(text) for text in reversed(texts)]


def opened(page: Any, tab: str) -> Any:
    """An instrument of the lab, opened; its region."""
    if page.state("lab") is None:
        page.press("Lab")
    page.page.get_by_role("tab", name=tab, exact=True).click()
    return region(page, tab)


@pytest.mark.parametrize("preset", ["Vanishing gradient", "Digits"])
def test_the_numbers_of_gradient_health_are_the_engines(stage: Open, preset: str) -> None:
    page, trainer = after_a_step(stage, preset)
    page.until("state.answers.health && state.answers.health.found && state.answers.health.found.step === 1")
    health, rows = gradient_health(trainer), region(page, "Gradient health").locator("tr[data-layer]")
    apart = take_apart(trainer)
    assert numbers(rows, "data-factor") == [layer.factor for layer in health]
    assert numbers(rows, "data-predicted") == [layer.predicted for layer in health]
    assert numbers(rows, "data-start") == [layer.predicted_at_start for layer in health]
    assert numbers(rows, "data-saturated") == [len(layer.saturated) for layer in apart]
    assert numbers(rows, "data-dead") == [len(layer.dead) for layer in apart]
    for name, what in (("z", "z"), ("a", "a"), ("δ", "delta"), ("∂L/∂W", "gradient")):
        region(page, "Gradient health").get_by_role("button", name=name, exact=True).click()
        found = [getattr(layer, what) for layer in health]
        assert numbers(rows, "data-mean") == [row.mean for row in found]
        every = [int(row.counts.sum()) + row.below + row.above + row.zeros + row.missing for row in found]
        assert numbers(rows, "data-of") == every


def test_delta_taken_apart_is_the_engines_and_flat_units_are_marked_on_the_network(stage: Open) -> None:
    page, trainer = after_a_step(stage, "Exploding gradient")
    page.page.get_by_role("tab", name="δ taken apart", exact=True).click()
    page.until("state.answers.taken_apart && state.answers.taken_apart.found")
    rows, apart = region(page, "δ taken apart").locator("tr[data-layer]"), take_apart(trainer)
    for at, what in enumerate(("error", "slope", "delta")):
        norms = [float(row.locator("td[data-norm]").nth(at).get_attribute("data-norm")) for row in rows.all()]
        assert norms[::-1] == [getattr(layer, f"{what}_norm") for layer in apart]
    saturated = numbers(rows, "data-saturated")
    assert saturated == [len(layer.saturated) for layer in apart] and sum(saturated) > 0
    page.page.wait_for_timeout(100)
    marked = page.page.evaluate("document.querySelector('[data-view=network] canvas').toDataURL()")
    page.press("Close the lab")
    page.page.wait_for_timeout(200)
    assert marked != page.page.evaluate("document.querySelector('[data-view=network] canvas').toDataURL()")


def test_an_open_instrument_asks_at_most_twice_a_second(stage: Open) -> None:
    page = stage()
    page.choose("Preset", "Vanishing gradient")
    opened(page, "Gradient health")
    page.until("state.answers.health && state.answers.health.found")
    steps, seconds = page.page.evaluate(
        """async () => {
          const steps = new Set(), start = performance.now(), past = () => (performance.now() - start) / 1000;
          while (past() < 3 || (steps.size < 3 && past() < 20)) {
            steps.add(window.nablascope.state().answers.health.found.step);
            await new Promise(requestAnimationFrame);
          }
          return [steps.size, past()]; }"""
    )
    assert 3 <= steps <= 2 * seconds + 2


def test_before_the_first_step_the_instruments_say_so(stage: Open) -> None:
    page = stage()
    page.press("Pause")
    page.press("Reset")
    page.until("state.pulse.step === 0")
    page.press("Lab")
    for name in ("Gradient health", "δ taken apart", "Blow-up"):
        page.page.get_by_role("tab", name=name, exact=True).click()
        said = "This run has not blown up" if name == "Blow-up" else "No step has been made yet"
        region(page, name).get_by_text(said).wait_for()


def test_a_blow_up_is_told_as_the_engine_finds_it_and_a_lower_rate_goes_on(stage: Open) -> None:
    page = diverged(stage)
    told = opened(page, "Blow-up")
    page.until("state.answers.blow_up && state.answers.blow_up.found")
    found = page.state("answers.blow_up.found")
    assert found["step"] == page.state("stop.step") and found["steps"][-1] == found["step"]
    row = told.locator(f"tr[data-step='{found['steps'][0]}']")
    shown = row.locator("td").evaluate_all("cells => cells.map((cell) => Number(cell.dataset.value))")
    assert shown[::-1] == found[found["links"][0]["quantity"]][0]
    told.get_by_role("slider", name="Step of the strip").fill("0")
    assert f"Step {found['steps'][0]}" in told.locator(".which").inner_text()
    assert (
        page.state("stop.sentence") in told.locator(".chain").inner_text()
    )  # which number overflows first depends on the step
    page.press("Lower η and go on")
    page.until("state.status === 'running' && state.experiment.learning_rate === 1")


def test_the_engine_finds_the_same_blow_up(stage: Open) -> None:
    experiment = PRESETS["Sine"].experiment.change(activation="relu", learning_rate=10.0)
    address = "dataset=sine&hidden=12,12&activation=relu&loss=mse&learning_rate=10&batch_size=16"
    page, trainer = stage(f"#{address}"), Trainer(experiment)
    while trainer.stopped is None:
        trainer.step()
    page.slide("Speed", 5)
    page.until("state.status === 'diverged'")
    opened(page, "Blow-up")
    page.until("state.answers.blow_up && state.answers.blow_up.found")
    found = page.page.evaluate("JSON.stringify(window.nablascope.state().answers.blow_up.found)")
    assert json.loads(found, parse_int=float) == autopsy(trainer).to_dict()


def test_the_ladder_has_a_line_where_updates_usually_are(stage: Open) -> None:
    page = stage()
    page.until("state.pulse.step > 1")
    page.press("Pause")
    dashes = """() => {
      const canvas = document.querySelector('[data-view="ladder"] canvas');
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
      copy.drawImage(canvas, 0, 0);
      const place = 20 + (canvas.height - 37) * 3 / 7, {data} = copy.getImageData(40, Math.floor(place), 14, 1);
      return Math.min(...Array.from({length: 14}, (_, at) => data[4 * at + 3] ? data[4 * at] : 255)); }"""
    page.press("‖ΔW‖ / ‖W‖")
    page.page.wait_for_timeout(100)
    assert page.page.evaluate(dashes) < 60
    page.press("‖δ‖")
    page.page.wait_for_timeout(100)
    assert page.page.evaluate(dashes) > 150


def test_axe_finds_nothing_in_the_instruments(stage: Open) -> None:
    page = stage()
    page.choose("Preset", "Vanishing gradient")
    page.until("state.preset === 'Vanishing gradient' && state.pulse?.step >= 2")
    page.rest()
    for tab, about in (("Gradient health", "health"), ("δ taken apart", "taken_apart"), ("Blow-up", None)):
        opened(page, tab)
        page.until(f"state.answers[{about!r}]?.found" if about else "state.lab === 'blow_up'")
        assert faults_at_every_size(page.page) == [], tab


def test_axe_finds_nothing_after_a_blow_up(stage: Open) -> None:
    page = diverged(stage)
    opened(page, "Blow-up")
    page.until("state.answers.blow_up && state.answers.blow_up.found")
    assert faults_in_both_themes(page.page) == []


def test_with_the_lab_open_a_projector_still_need_not_scroll(stage: Open) -> None:
    page, scroll, sizes = stage(), "document.documentElement", [(1440, 900), (1024, 768)]
    for preset in ("Vanishing gradient", "Exploding gradient", "Digits"):
        page.choose("Preset", preset)
        page.until(f"state.preset === {preset!r} && state.pulse")
        page.press("Lab")
        page.until("state.answers.health?.found")
        for size in sizes:
            page.resize(*size)
            assert page.page.evaluate(f"[{scroll}.scrollWidth, {scroll}.scrollHeight]") == [*size], preset
            lab = page.page.locator("#lab")
            assert lab.evaluate("element => element.scrollWidth - element.clientWidth") <= 0, preset
        sizes.reverse()  # the next preset begins with the size that the page has
        page.press("Close the lab")
