"""The diagnosis and its remedies in a real browser, and what stands side by side after one."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe import faults_at_every_size
from nablascope.engine import PRESETS

Open = Callable[..., Any]
CURE = "ReLU with He initialisation (new start)"


def region(page: Any, name: str) -> Any:
    return page.page.get_by_role("region", name=name, exact=True)


def vanishing(stage: Open, **options: Any) -> Any:
    """The preset, far enough for its diagnosis."""
    page = stage(**options)
    page.choose("Preset", "Vanishing gradient")
    page.until("state.preset === 'Vanishing gradient' && state.diagnosis.kind === 'vanishing'")
    page.until("state.history.length > 25")
    return page


def diverged(stage: Open) -> Any:
    page = stage()
    page.choose("Preset", "Sine")
    page.choose("Activation", "relu")
    page.page.get_by_role("slider", name="Learning rate", exact=True).press("End")
    page.until("state.status === 'diverged'")
    return page


def norms(shown: Any) -> list[list[float]]:
    """‖∂L/∂W‖ of every layer as the comparison has them: before, and after."""
    cells = shown.locator("td[data-norm]").evaluate_all("cells => cells.map((cell) => Number(cell.dataset.norm))")
    return [cells[::2], cells[1::2]]


def middle(history: Any, layer: int, until: int) -> float:
    """The median of the last 20 norms of a layer that were recorded up to a step."""
    rows = [norm for step, norm in zip(history["step"], history["norms"][layer], strict=True) if step <= until][-20:]
    return float(sorted(rows)[len(rows) // 2])


def test_the_diagnosis_names_the_layer_and_says_why(stage: Open) -> None:
    page = vanishing(stage)
    diagnosis = region(page, "Diagnosis")
    assert diagnosis.get_by_text("layer 1 learns").first.is_visible()
    assert "slower than the output layer" in diagnosis.inner_text()
    assert diagnosis.locator(".reason").inner_text() == page.state("diagnosis.why")
    assert re.match(r"Over \d+ steps, layer 1 learns", diagnosis.get_by_role("status").text_content())


def test_where_there_is_no_line_for_the_reason_a_button_tells_it(stage: Open) -> None:
    page = vanishing(stage, viewport={"width": 1024, "height": 768})
    details = region(page, "Diagnosis").locator("details")
    assert not region(page, "Diagnosis").locator(".reason").is_visible()
    details.locator("summary").press("Enter")
    assert details.locator("p").inner_text() == page.state("diagnosis.why")
    page.page.keyboard.press("Escape")
    assert not details.locator("p").is_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_a_remedy_changes_settings_begins_anew_and_shows_before_and_after(
    stage: Open, width: int, height: int
) -> None:
    page = vanishing(stage, viewport={"width": width, "height": height})
    page.rest()
    page.until("state.history.step.at(-1) === state.pulse.step")
    run, steps, was = page.state("run.run"), page.state("pulse.step"), page.state("history")
    page.press(CURE)
    page.until(f"state.run.run === {run + 1} && state.experiment.activation === 'relu'")
    assert page.state("experiment.initialiser") == "he"
    shown = region(page, "Before and after")
    assert "ReLU with He initialisation" in shown.get_by_role("heading").inner_text()
    assert "No step with it yet" in shown.inner_text()
    page.press("Play")
    page.until(f"state.pulse.step > {steps + 5} && state.diagnosis.kind !== 'starting'")
    page.rest()
    page.until("state.history.step.at(-1) === state.pulse.step")
    page.page.wait_for_timeout(100)
    sides = norms(shown)
    assert [side[0] for side in sides] == [middle(past, 0, steps) for past in (was, page.state("history"))]
    assert sides[0][0] < sides[0][-1] / 30 and sides[1][0] > sides[1][-1] / 10
    losses = [cell.inner_text() for cell in shown.locator("td[data-loss]").all()]
    assert len({text.split("at step")[1] for text in losses}) == 1
    assert "layer 1 learns" in shown.inner_text()
    box = shown.bounding_box()
    assert box["y"] > 0 and box["x"] >= 0 and box["x"] + box["width"] <= width
    page.press("Dismiss the comparison")
    assert shown.count() == 0


def test_a_remedy_that_keeps_the_weights_says_so_and_leaves_the_run(stage: Open) -> None:
    page = vanishing(stage)
    run = page.state("run.run")
    page.press("residual connections")
    page.until("state.experiment.residual")
    steps = page.state("pulse.step")
    page.until(f"state.pulse.step > {steps + 3}")
    assert page.state("run.run") == run
    assert region(page, "Before and after").locator("td[data-loss]").count() == 2


def test_another_preset_ends_the_comparison(stage: Open) -> None:
    page = vanishing(stage)
    page.press(CURE)
    region(page, "Before and after").wait_for()
    page.choose("Preset", "XOR")
    page.until("state.preset === 'XOR' && state.pulse")
    page.page.wait_for_timeout(100)
    assert region(page, "Before and after").count() == 0


@pytest.mark.parametrize("preset", ["Cured: ReLU + He", "XOR", "Digits"])
def test_a_healthy_run_gets_no_warning_and_no_remedy(stage: Open, preset: str) -> None:
    page = stage()
    page.choose("Preset", preset)
    page.until(f"state.preset === {preset!r} && state.pulse && state.pulse.step > 3")
    page.until("state.diagnosis.kind === 'healthy'")
    diagnosis = region(page, "Diagnosis")
    assert diagnosis.get_attribute("data-severity") == "good"
    assert diagnosis.get_by_role("button").count() == 0


def test_a_watcher_reads_everything_and_can_press_nothing(stage: Open) -> None:
    driver = vanishing(stage)
    watcher = stage(f"r/{driver.state('room')}")
    watcher.until("state.role === 'student' && state.diagnosis.kind === 'vanishing'")
    buttons = region(watcher, "Diagnosis").get_by_role("button").all()
    assert len(buttons) >= 2 and all(button.is_disabled() for button in buttons)
    watcher.press("Lab")
    region(watcher, "Gradient health").locator("tr[data-layer]").first.wait_for()


def test_a_diverged_run_offers_ways_back_and_what_happened(stage: Open) -> None:
    page = diverged(stage)
    page.press("What happened?")
    page.until("state.answers.blow_up && state.answers.blow_up.found")
    region(page, "Blow-up").locator(".chain").wait_for()
    assert page.page.get_by_role("button", name="Rewind", exact=True).count() == 1
    page.press("η = 1 (rewind first)")
    page.until("state.status === 'running' && state.experiment.learning_rate === 1")
    region(page, "Before and after").wait_for()


def test_the_diagnosis_stays_within_its_panel(stage: Open) -> None:
    page = stage()
    sizes = [(1440, 900), (1024, 768)]
    for preset in PRESETS:
        page.choose("Preset", preset)
        page.until(f"state.preset === {preset!r} && state.pulse && state.pulse.step > 2")
        sizes.reverse()  # it begins with the size that it has
        for size in sizes:
            page.resize(*size)
            box, panel = region(page, "Diagnosis").bounding_box(), page.page.locator(".network-panel").bounding_box()
            assert box["y"] + box["height"] <= panel["y"] + panel["height"], preset
            for part in region(page, "Diagnosis").locator("button, .verdict, .reason").all():
                cut = part.evaluate("part => part.scrollWidth - part.clientWidth")
                assert cut <= 0, f"{preset}: {part.inner_text()}"


def test_axe_finds_nothing_in_the_comparison(stage: Open) -> None:
    page = vanishing(stage)
    page.press(CURE)
    region(page, "Before and after").locator("td[data-loss]").first.wait_for()
    page.rest()
    assert faults_at_every_size(page.page) == []


def test_the_reason_opens_under_pointer_and_focus_stays_and_goes_with_escape(stage: Open) -> None:
    page = stage(viewport={"width": 1024, "height": 768})
    page.choose("Preset", "Vanishing gradient")
    page.until("state.diagnosis.kind === 'vanishing'")
    page.press("Pause")
    why, reason = page.page.locator(".why summary"), page.page.locator(".why p")
    keys, mouse = page.page.keyboard, page.page.mouse
    assert not reason.is_visible()
    why.hover()
    reason.wait_for()
    # It can be pointed at, and stays there.
    box = reason.bounding_box()
    mouse.move(box["x"] + 20, box["y"] + box["height"] / 2, steps=12)
    page.page.wait_for_timeout(300)
    assert reason.is_visible() and box["y"] >= 0
    keys.press("Escape")
    reason.wait_for(state="hidden")
    mouse.move(5, 5)
    why.hover()
    reason.wait_for()
    mouse.move(5, 5)
    reason.wait_for(state="hidden")
    # By keyboard: the control before it, then Tab.
    page.page.locator(".cures .cure").last.focus()
    keys.press("Tab")
    reason.wait_for()
    keys.press("Escape")
    reason.wait_for(state="hidden")
    keys.press("Enter")
    reason.wait_for()
    keys.press("Enter")
    reason.wait_for(state="hidden")
    # A click holds it open until the next one.
    why.click()
    mouse.move(5, 5)
    page.page.wait_for_timeout(200)
    assert reason.is_visible()
    why.click()
    reason.wait_for(state="hidden")


def test_a_finger_opens_and_closes_the_reason(stage: Open) -> None:
    page = stage(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page.choose("Preset", "Vanishing gradient")
    page.until("state.diagnosis.kind === 'vanishing'")
    why, reason = page.page.locator(".why summary"), page.page.locator(".why p")
    why.tap()
    reason.wait_for()
    why.tap()
    reason.wait_for(state="hidden")
