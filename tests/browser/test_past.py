"""The past on the stage: a slider over the loss brings back any step, exactly, and Return leads to the last one."""

from collections.abc import Callable
from typing import Any

import numpy as np
from axe import at_every_size, faults_of
from nablascope.engine import Experiment, Trainer

Open = Callable[..., Any]

EXPERIMENT = Experiment(dataset="xor", hidden=[5, 4], learning_rate=0.3, seed=6)
ADDRESS = "#dataset=xor&hidden=5,4&learning_rate=0.3&seed=6"
ROWS = "state.history.step.length === {0} && state.history.step.at(-1) === {0}"


def past_of(page: Any) -> Any:
    return page.page.get_by_role("slider", name="Step on show", exact=True)


def opened(stage: Open, steps: int = 60, **options: Any) -> Any:
    """A stage that stands still after at least so many steps."""
    page = stage(path=ADDRESS, **options)
    page.slide("Speed", 3)
    page.until(f"state.pulse.step >= {steps}")
    page.rest()
    page.until("state.history.step.at(-1) === state.pulse.step")
    return page


def theta(page: Any) -> np.ndarray:
    return np.array(page.page.evaluate("Array.from(window.nablascope.state().parameters.theta[2])"), np.float32)


def after(steps: int, rate: float = EXPERIMENT.learning_rate, at: int = 0) -> np.ndarray:
    trainer = Trainer(EXPERIMENT)
    trainer.run(min(at, steps))
    if steps > at:
        trainer.set(learning_rate=rate)
    trainer.run(steps - trainer.steps)
    return trainer.network.thetas[2].astype(np.float32).ravel()


def test_any_step_comes_back_with_its_numbers_and_its_settings(stage: Open) -> None:
    page = opened(stage)
    turned = page.state("pulse.step")
    page.slide("Learning rate", -2)
    page.until("state.experiment.learning_rate === 0.01")
    page.press("Play")
    page.until(f"state.pulse.step > {turned + 30}")
    page.rest()
    last = page.state("pulse.step")
    page.until(ROWS.format(last))
    slider = past_of(page)
    assert slider.get_attribute("aria-valuetext") == f"step {last} of {last}"
    for step in (turned + 9, 1, turned - 5):
        slider.fill(str(step))
        page.until(f"state.pulse.step === {step} && state.parameters.step === {step} && state.tip === {last}")
        assert np.array_equal(theta(page), after(step, 0.01, turned))
        assert page.state("experiment.learning_rate") == (0.01 if step > turned else 0.3)
        assert page.quantity("step") == step and page.state("history.step").__len__() == last
        assert page.page.get_by_role("region", name="Loss", exact=True).inner_text().split() == [
            "Loss", "step", str(step), "of", str(last), "Return",
        ]  # fmt: skip
    slider.press("ArrowRight")
    page.until(f"state.pulse.step === {turned - 4}")
    page.press("Return")
    page.until(f"state.pulse.step === {last} && state.parameters.step === {last} && state.tip === null")
    assert np.array_equal(theta(page), after(last, 0.01, turned))
    assert page.state("experiment.learning_rate") == 0.01 and page.state("marks").__len__() == 1


def test_play_goes_on_from_the_step_on_show_and_what_came_after_is_gone(stage: Open) -> None:
    page = opened(stage, 80)
    past_of(page).fill("30")
    page.until("state.pulse.step === 30 && state.tip > 60")
    page.press("One step")
    page.until("state.tip === null && state.pulse.step === 31 && state.parameters.step === 31")
    page.until("state.history.step.at(-1) === 31")
    assert page.state("history.step") == list(range(1, 32))
    assert np.array_equal(theta(page), after(31))
    assert page.page.get_by_role("button", name="Return", exact=True).count() == 0


def test_a_dragging_hand_is_followed_and_the_run_stands_still(stage: Open) -> None:
    page = stage(path=ADDRESS)
    page.slide("Speed", 4)
    page.until("state.pulse.step > 200")
    slider = past_of(page)
    box = slider.bounding_box()
    mouse, y = page.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + 0.8 * box["width"], y)
    mouse.down()
    seen = set()
    for share in range(80, 30, -2):
        mouse.move(box["x"] + share / 100 * box["width"], y)
        page.page.wait_for_timeout(60)
        seen.add(page.state("pulse.step"))
    mouse.up()
    page.until("!state.playing && state.tip > 200")
    page.until(f"Math.abs(state.pulse.step - {0.32} * state.tip) < 0.06 * state.tip")
    page.until("state.history.step.length === state.tip")
    assert len(seen) > 5


def test_who_watches_sees_which_step_is_on_show_and_cannot_change_it(stage: Open) -> None:
    page = opened(stage, 80)
    last = page.state("pulse.step")
    past_of(page).fill("40")
    page.until("state.pulse.step === 40")
    # Who comes only now knows what came after, too.
    for query in ("", "?projector"):
        watcher = stage(path=f"r/{page.state('room')}{query}")
        watcher.until(f"state.tip === {last} && state.pulse.step === 40 && state.history.step.at(-1) === {last}")
        assert past_of(watcher).count() == 0
        assert watcher.page.get_by_role("button", name="Return", exact=True).count() == 0
        said = watcher.page.get_by_role("region", name="Loss", exact=True).inner_text()
        assert said.split() == ["Loss", "step", "40", "of", str(last)]


def test_it_lies_over_the_curve_and_axe_finds_nothing(stage: Open) -> None:
    page = opened(stage, 80)
    for step, (width, _) in enumerate(at_every_size(page.page), 50):
        plot = page.page.locator("[data-view=loss] .u-over").bounding_box()
        box = past_of(page).bounding_box()
        assert abs(box["x"] + 8 - plot["x"]) < 1.5 and abs(box["width"] - 16 - plot["width"]) < 3
        past_of(page).fill(str(step))
        page.until(f"state.pulse.step === {step}")
        assert faults_of(page.page) == []
        assert page.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_hole_at_the_very_beginning_of_the_charts_is_filled(stage: Open) -> None:
    page = stage(path=ADDRESS)
    page.slide("Speed", 3)
    page.until("state.pulse.step > 30 && state.history.step[0] === 1")
    # As on a page whose first pulses were lost on the way.
    page.page.evaluate(
        """() => {
          const {history, pulse} = window.nablascope.state();
          const {step, loss, train, test, norms} = history;
          for (const column of [step, loss, train, test, ...norms]) column.splice(0, 10);
          history.length -= 10;
          pulse.number -= 5;
        }"""
    )
    page.until("state.history.step[0] === 1 && state.history.step.length === state.history.step.at(-1)")
