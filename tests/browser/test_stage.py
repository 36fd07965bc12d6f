"""The stage in a real browser: it trains by itself, and what it shows is what the engine computed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import PRESETS, Trainer

Open = Callable[..., Any]


def numbers(stage: Any, path: str) -> np.ndarray:
    return np.array(stage.page.evaluate(f"Array.from(window.nablascope.state().{path})"), np.float32)


def test_the_page_opens_and_trains_by_itself(stage: Open) -> None:
    page = stage()
    page.until("state.pulse.step >= 3")
    assert page.state("playing")
    assert page.state("preset") == "First look"
    page.page.wait_for_url(f"**/r/{page.state('room')}#hidden=6,6,4&learning_rate=0.3")
    assert page.quantity("step") >= 3
    for name in ("Network", "Gradient ladder", "Output", "Loss", "Gradient history"):
        assert page.page.get_by_role("region", name=name, exact=True).count() == 1


def test_the_numbers_on_the_stage_are_the_engines(stage: Open) -> None:
    page = stage()
    page.press("Pause")
    page.press("Reset")
    page.until("!state.playing && state.pulse.step === 0")
    experiment = PRESETS["First look"].experiment
    trainer = Trainer(experiment)
    for step in (1, 2):
        page.press("One step")
        page.until(f"state.parameters.step === {step} && state.parameters.after && state.pulse.phase === 9")
        trace = trainer.step()
        for layer in range(1, 5):
            assert np.array_equal(numbers(page, f"parameters.theta[{layer}]"), trainer.network.thetas[layer].ravel())
            gradient = trainer.network.views(trace.gradient)[layer].ravel()
            assert np.array_equal(numbers(page, f"parameters.gradient[{layer}]"), gradient)
            for name in ("a", "z", "delta"):
                expected = getattr(trace, name)[layer][trace.shown]
                assert np.array_equal(numbers(page, f"pulse.{name}[{layer}]"), expected), name
        assert np.allclose(numbers(page, "pulse.gradientNorms"), trace.gradient_norms, rtol=1e-6)
        assert page.quantity("loss") == pytest.approx(trace.loss, rel=1e-6)
        cells = page.page.locator("section[aria-label='Gradient ladder'] td[data-value]")
        shown = [float(cells.nth(index).get_attribute("data-value")) for index in range(4)]
        assert shown == pytest.approx(list(trace.gradient_norms), rel=1e-6)
        last = page.page.locator(".lines li").last.locator("output")
        assert float(last.get_attribute("data-value")) == trainer.network.weights[4][0, 0]
    metrics = trainer.metrics()
    assert page.quantity("train-loss") == pytest.approx(metrics.train_loss, rel=1e-6)
    assert page.quantity("accuracy") == pytest.approx(metrics.test_accuracy, rel=1e-6)


def test_the_wave_passes_the_layers_in_the_right_order(stage: Open) -> None:
    page = stage()
    page.press("Pause")
    page.press("Reset")
    page.until("!state.playing && state.pulse.step === 0")
    seen = []
    for _ in range(10):
        before = page.state("pulse.number")
        page.press("One layer")
        page.until(f"state.pulse.number > {before} && state.pulse.hold")
        page.page.wait_for_timeout(40)
        seen.append((page.state("wave.pass"), page.state("wave.layer")))
    forward = [("forward", layer) for layer in (1, 2, 3, 4)]
    backward = [("backward", layer) for layer in (4, 3, 2, 1)]
    assert seen == [*forward, ("loss", 4), *backward, ("update", 0)]
    assert page.page.locator("h2.pass").inner_text().startswith("Update")


def test_in_slow_motion_the_wave_runs_by_itself_forward_then_backward(stage: Open) -> None:
    page = stage()
    page.choose("Preset", "XOR")
    page.slide("Speed", 0)
    page.until("state.pulse.phase === 0 && state.pulse.phaseMs === 650")
    seen = page.page.evaluate(
        """async () => {
          const seen = [], end = performance.now() + 4300;
          while (performance.now() < end) {
            const {pass, layer} = window.nablascope.state().wave, name = `${pass} ${layer}`;
            if (seen.at(-1) !== name) seen.push(name);
            await new Promise(requestAnimationFrame);
          }
          return seen;
        }"""
    )
    cycle = ["forward 1", "forward 2", "loss 2", "backward 2", "backward 1", "update 0"]
    start = cycle.index(seen[0])
    assert seen == [cycle[(start + index) % 6] for index in range(len(seen))]
    assert len(seen) >= 6


def test_play_pause_step_back_and_reset_do_what_they_say(stage: Open) -> None:
    page = stage()
    page.slide("Speed", 3)
    page.until("state.pulse.step > 30")
    page.rest()
    page.until("state.parameters.step === state.pulse.step")
    step, theta = page.state("pulse.step"), numbers(page, "parameters.theta[1]")
    page.page.wait_for_timeout(300)
    assert page.state("pulse.step") == step
    page.press("Step back")
    page.until(f"state.pulse.step === {step - 1}")
    assert not np.array_equal(numbers(page, "parameters.theta[1]"), theta)
    page.slide("Speed", 1)
    page.press("One step")
    page.until(f"state.parameters.step === {step} && state.parameters.after")
    assert np.array_equal(numbers(page, "parameters.theta[1]"), theta)
    page.press("Reset")
    page.until("state.pulse.step === 0")
    trainer = Trainer(PRESETS["First look"].experiment)
    assert np.array_equal(numbers(page, "parameters.theta[1]"), trainer.network.thetas[1].ravel())
    page.press("Play")
    page.until("state.pulse.step >= 1 && state.playing")


def test_the_learning_rate_turns_the_next_step_and_leaves_a_mark(stage: Open) -> None:
    page = stage()
    page.press("Pause")
    page.press("Reset")
    page.until("state.pulse.step === 0")
    slider = page.page.get_by_role("slider", name="Learning rate", exact=True)
    slider.focus()
    slider.press("ArrowRight")
    page.until("state.experiment.learning_rate > 0.3")
    rate = page.state("experiment.learning_rate")
    assert rate == pytest.approx(0.3 * 10**0.05, rel=0.01)
    typed = page.page.get_by_role("textbox", name="Learning rate, typed")
    typed.fill("2.5")
    typed.press("Enter")
    page.until("state.experiment.learning_rate === 2.5")
    page.page.wait_for_timeout(100)
    assert float(slider.get_attribute("data-value")) == 2.5
    assert page.state("marks.at(-1).text") == "η 0.3 → 2.5"
    page.press("One step")
    page.until("state.parameters.step === 1 && state.parameters.after")
    trainer = Trainer(PRESETS["First look"].experiment.change(learning_rate=2.5))
    trainer.step()
    assert np.array_equal(numbers(page, "parameters.theta[2]"), trainer.network.thetas[2].ravel())
    assert page.state("pulse.learningRate") == 2.5


def test_a_value_that_is_no_learning_rate_is_explained_and_the_old_one_stays(stage: Open) -> None:
    page = stage()
    typed = page.page.get_by_role("textbox", name="Learning rate, typed")
    for wrong in ("fast", "99", "-1"):
        typed.fill(wrong)
        typed.press("Enter")
        alert = page.page.get_by_role("alert").filter(
            has_text=f"was {wrong!r}" if wrong == "fast" else f"was {wrong}"
        )
        alert.wait_for()
        assert "expected a number from 1e-05 to 10" in alert.inner_text()
    assert page.state("experiment.learning_rate") == 0.3


def test_every_preset_loads_and_its_network_stands_there(stage: Open) -> None:
    page = stage()
    for name, preset in PRESETS.items():
        page.choose("Preset", name)
        sizes = preset.experiment.layer_sizes
        page.until(f"state.preset === {name!r} && JSON.stringify(state.run.layers) === '{sizes}'.replaceAll(' ', '')")
        page.until("state.pulse && state.pulse.step >= 2")
        assert page.state("pulse.gradientNorms.length") == len(sizes) - 1, name


def test_the_keyboard_drives(stage: Open) -> None:
    page = stage()
    page.page.locator("h1").click()
    keys = page.page.keyboard
    keys.press(" ")
    page.until("!state.playing")
    keys.press("r")
    page.until("state.pulse.step === 0")
    keys.press("ArrowRight")
    page.until("state.pulse.step === 1 && state.pulse.phase === 0")
    keys.press("s")
    page.until("state.parameters.after && state.parameters.step === 1")
    keys.press("ArrowUp")
    page.until("state.experiment.learning_rate > 0.3")
    keys.press("?")
    page.page.get_by_role("dialog").wait_for()
    keys.press("Escape")
    page.page.get_by_role("dialog").wait_for(state="hidden")
    keys.press(" ")
    page.until("state.playing")


def test_the_live_region_says_what_happens_without_flooding(stage: Open) -> None:
    page = stage()
    said = page.page.evaluate(
        """async () => {
          const said = [];
          new MutationObserver(() => said.push(document.getElementById("announcements").textContent))
            .observe(document.getElementById("announcements"), {childList: true, characterData: true, subtree: true});
          await new Promise((done) => setTimeout(done, 6000));
          return said;
        }"""
    )
    assert 1 <= len(said) <= 6
    assert "step" in said[-1] and "loss" in said[-1]


def test_figures_of_an_older_run_never_stand_beside_a_new_network(stage: Open) -> None:
    page = stage()
    shown = page.page.evaluate(
        """async () => {
          const {createStore} = await import("/static/live/store.js"), store = createStore({});
          const pulse = store.signal("pulse"), run = store.signal("run"), shown = [];
          const flush = (now) => { store.flush(now);
            shown.push([run.value.run, pulse.value.run, pulse.value.number]); };
          store.onEvent({type: "state", playing: true});
          store.onEvent({type: "run", run: 1, layers: [2, 4, 1]});
          store.set({pulse: {run: 1, number: 1, phase: 65535}});
          flush(1000);
          store.set({pulse: {run: 1, number: 2, phase: 65535}});
          flush(1016);
          store.onEvent({type: "run", run: 2, layers: [2, 4, 4, 1]});
          store.set({pulse: {run: 2, number: 1, phase: 65535}});
          flush(1032);
          return shown;
        }"""
    )
    assert shown == [[1, 1, 1], [1, 1, 1], [2, 2, 1]]


def test_the_charts_go_on_while_a_hand_never_rests(stage: Open) -> None:
    page = stage()
    page.slide("Speed", 3)
    page.until("state.pulse.step > 20 && state.history.length > 10")
    for name in ("loss", "gradient-history"):
        pictures = page.page.evaluate(
            """async (name) => {
              const canvas = document.querySelector(`[data-view="${name}"] canvas`), pictures = new Set();
              for (let turn = 0; turn < 40; turn++) {
                document.body.dispatchEvent(new Event("input", {bubbles: true}));
                await new Promise((done) => setTimeout(done, 50));
                pictures.add(canvas.toDataURL());
              }
              return pictures.size;
            }""",
            name,
        )
        assert pictures >= 3


def test_the_backward_wave_shows_the_gradients_after_turbo(stage: Open) -> None:
    page = stage()
    green = """() => {
      const canvas = document.querySelector('[data-view="network"] canvas');
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
      copy.drawImage(canvas, 0, 0);
      const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] > 40 && data[at + 1] > data[at] + 40 && data[at + 1] > data[at + 2] + 30) count++;
      }
      return count; }"""
    page.slide("Speed", 6)
    page.until("state.pulse.step > 200")
    page.page.wait_for_timeout(300)
    assert page.page.evaluate(green) == 0
    page.slide("Speed", 0)
    page.until("state.wave.pass === 'backward' && state.wave.layer <= 2", timeout=30)
    page.page.wait_for_timeout(50)
    assert page.page.evaluate(green) > 50
