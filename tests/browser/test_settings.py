"""Settings on the stage: every one has a control, and what it says reaches the engine."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from nablascope.engine import Experiment, Trainer

Open = Callable[..., Any]


def numbers(stage: Any, path: str) -> np.ndarray:
    return np.array(stage.page.evaluate(f"Array.from(window.nablascope.state().{path})"), np.float32)


def test_dataset_and_training_settings_reach_the_engine(stage: Open) -> None:
    page = stage()
    page.slide("Speed", 3)
    page.choose("Dataset", "spirals")
    page.until("state.experiment.dataset === 'spirals' && state.data.run === state.run.run")
    for name, option, field in (
        ("Activation", "relu", "activation"), ("Initialiser", "he", "initialiser"), ("Loss", "mse", "loss"),
        ("Optimiser", "momentum", "optimiser"),
    ):  # fmt: skip
        page.choose(name, option)
        if name == "Initialiser":
            page.press("Start anew")
        page.until(f"state.experiment.{field} === '{option}'")
    page.slide("Momentum", 0.4995)
    page.until("Math.abs(state.experiment.momentum - 0.5) < 0.01")
    page.slide("Batch size", 1)
    page.until("state.experiment.batch_size === 10")
    page.slide("Noise", 0.5)
    page.until("state.experiment.noise === 0.5")
    page.page.get_by_role("button", name="two moons", exact=True).click()
    page.until("state.experiment.dataset === 'moons'")
    Experiment.from_dict({**page.state("experiment")})


def test_layers_are_edited_on_the_network(stage: Open) -> None:
    page = stage()
    page.press("More units in layer 1")
    page.until("state.run.layers[1] === 7")
    page.press("Fewer units in layer 3")
    page.until("state.run.layers[3] === 3")
    page.press("Add a layer")
    page.until("state.run.layers.length === 6 && state.experiment.hidden.length === 4")
    page.choose("Activation of layer 2", "relu")
    page.until("state.run.activations[1] === 'relu' && state.run.activations[0] === 'tanh'")
    page.press("Remove a layer")
    page.press("Remove a layer")
    page.until("state.run.layers.length === 4")
    page.until("state.pulse && state.pulse.step > 1")


def test_quick_presses_on_layers_are_all_carried_out(stage: Open) -> None:
    page = stage()
    page.rest()
    units = page.state("experiment.hidden")

    def at_once(*names: str) -> None:
        """Faster than any answer of the server."""
        buttons = [page.page.get_by_role("button", name=name, exact=True).element_handle() for name in names]
        page.page.evaluate("(buttons) => buttons.forEach((button) => button.click())", buttons)

    at_once("Add a layer", "More units in layer 1", "Add a layer", "More units in layer 1", "Fewer units in layer 2")
    wider = [units[0] + 2, units[1] - 1, *units[2:], units[-1], units[-1]]
    page.until(f"String(state.experiment.hidden) === '{','.join(map(str, wider))}'")
    page.until(f"state.run.layers.length === {len(wider) + 2}")
    at_once("Remove a layer", "Remove a layer", "Remove a layer")
    page.until(f"state.run.layers.length === {len(wider) - 1}")
    assert page.state("experiment.hidden") == wider[:-3]
    selects = [
        page.page.get_by_role("combobox", name=f"Activation of layer {layer}").element_handle() for layer in (1, 2)
    ]
    page.page.evaluate(
        """(selects) => selects.forEach((select) => {
          select.value = "relu";
          select.dispatchEvent(new Event("change", {bubbles: true}));
        })""",
        selects,
    )
    page.until("String(state.run.activations.slice(0, 2)) === 'relu,relu'")


def test_every_setting_has_a_control_made_from_its_description(stage: Open) -> None:
    page = stage()
    page.press("Pause")
    for summary in page.page.locator(".settings summary").all():
        summary.click()
    fields = Experiment.describe()
    values = page.state("experiment")
    for name, field in fields.items():
        shown = all(values[other] in allowed for other, allowed in field.get("when", {}).items())
        if name in ("hidden", "learning_rate") or not shown:
            continue
        control = page.page.locator(".settings").get_by_label(field["label"], exact=True).first
        assert control.is_visible(), name


def test_what_needs_a_new_start_is_asked_back_before_it_happens(stage: Open) -> None:
    page = stage()
    page.slide("Speed", 3)
    page.until("state.pulse.step > 20")
    page.choose("Initialiser", "he")
    question = page.page.get_by_role("alert").filter(has_text="needs a new start")
    question.wait_for()
    run, step = page.state("run.run"), page.state("pulse.step")
    assert page.page.get_by_role("combobox", name="Initialiser", exact=True).input_value() == "xavier"
    page.press("Keep this run")
    page.until(f"state.confirm === null && state.pulse.step > {step} && state.run.run === {run}")
    page.choose("Dataset", "digits")
    page.press("Start anew")
    page.until(f"state.run.run === {run + 1} && state.run.layers[0] === 64")


def test_new_starts_that_are_asked_back_are_made_together(stage: Open) -> None:
    page = stage(path="#dataset=xor")
    page.slide("Speed", 3)
    page.until("state.pulse.step > 20")
    page.page.locator(".settings summary", has_text="Samples and inputs").click()
    page.choose("Initialiser", "he")
    for name in ("x₁²", "x₂²", "x₁x₂"):
        page.press(name)
    page.press("x₂²")
    question = page.page.get_by_role("alert").filter(has_text="needs a new start")
    page.until("state.confirm && state.confirm.changes.features.length === 4")
    page.press("two moons")  # the question stands over the network, and beside it everything can be pressed
    page.until("state.experiment.dataset === 'moons' && state.confirm !== null")
    assert "Initialiser: He; Inputs: x₁, x₂, x₁², x₁x₂" in question.inner_text()
    # What is asked for looks otherwise than what is in force.
    wanted = page.page.locator(".several button[data-asked=true]")
    assert wanted.all_inner_texts() == ["x₁²", "x₁x₂"] and wanted.first.get_attribute("aria-pressed") == "false"
    run = page.state("run.run")
    page.press("Start anew")
    page.until(f"state.run.run === {run + 1} && state.confirm === null")
    experiment = page.state("experiment")
    assert experiment["initialiser"] == "he" and experiment["features"] == ["x1", "x2", "x1_squared", "x1_x2"]


def test_what_is_put_back_is_not_asked_any_more(stage: Open) -> None:
    page = stage(path="#dataset=xor")
    page.slide("Speed", 3)
    page.until("state.pulse.step > 20")
    page.page.locator(".settings summary", has_text="Samples and inputs").click()
    page.press("sin 5x₁")
    page.until("state.confirm && state.confirm.changes.features.length === 3")
    run = page.state("run.run")
    page.press("sin 5x₁")
    page.until("state.confirm === null")
    # Nor is what was given up: the next press begins from what is in force.
    page.press("sin 5x₁")
    page.press("Keep this run")
    page.press("x₁x₂")
    page.until("state.confirm && String(state.confirm.changes.features) === 'x1,x2,x1_x2'")
    assert page.state("experiment.features") == ["x1", "x2"] and page.state("run.run") == run


def test_an_address_opens_the_same_run_elsewhere(stage: Open) -> None:
    page = stage(path="#dataset=moons&hidden=5,4&activation=relu,gelu&optimiser=adam&seed=8")
    page.press("Pause")
    page.press("Reset")
    page.until("!state.playing && state.pulse.step === 0")
    experiment = Experiment(dataset="moons", hidden=[5, 4], activation=["relu", "gelu"], optimiser="adam", seed=8)
    trainer = Trainer(experiment)
    assert np.array_equal(numbers(page, "parameters.theta[2]"), trainer.network.thetas[2].ravel())
    page.slide("Batch size", 1)
    page.until("state.experiment.batch_size === 10")
    page.page.wait_for_url("**#dataset=moons&hidden=5,4&activation=relu,gelu&seed=8&optimiser=adam&batch_size=10")


def test_a_moving_hand_does_not_write_the_address_until_it_rests(stage: Open) -> None:
    page = stage()
    page.page.evaluate("""() => {
      const write = history.replaceState.bind(history);
      window.written = [];
      history.replaceState = (state, title, url) => { window.written.push(url); write(state, title, url); };
    }""")
    slider = page.page.get_by_role("slider", name="Learning rate", exact=True)
    began = time.monotonic()
    for _ in range(12):
        slider.press("ArrowRight")
        page.page.wait_for_timeout(30)
    page.until("state.experiment.learning_rate > 1")
    rests = (time.monotonic() - began) / 0.4  # so often a hand can have rested on a busy machine
    rate = page.state("experiment.learning_rate")
    page.page.wait_for_url(f"**&learning_rate={rate}")
    assert 1 <= len(page.page.evaluate("window.written")) <= min(6, max(3, 1 + rests))


def test_the_gradients_are_checked_on_request(stage: Open) -> None:
    page = stage()
    page.press("Check the gradients")
    page.until("state.answers.gradient_check")
    banner = page.page.locator("[data-check]")
    assert float(banner.get_attribute("data-check")) < 1e-6
    assert "agree with finite differences" in banner.inner_text()


def test_residual_connections_and_dropout_count_at_once_and_keep_the_weights(stage: Open) -> None:
    page = stage()
    page.slide("Speed", 3)
    page.until("state.pulse.step > 10")
    run = page.state("run.run")
    page.page.locator("summary", has_text="Network").click()
    page.page.get_by_role("switch", name="Residual connections").click()
    page.until(f"state.experiment.residual && state.run.run === {run} && state.pulse.step > 20")
    page.page.locator("summary", has_text="Regularisation").click()
    page.slide("Dropout", 0.27)
    page.until(f"state.experiment.dropout > 0.2 && state.run.run === {run}")


def test_under_a_schedule_the_rate_in_force_stands_beside_the_base(stage: Open) -> None:
    page = stage(path="#schedule=exponential&schedule_epochs=1&learning_rate=0.5")
    page.slide("Speed", 4)
    page.until("state.pulse.epoch > 3 && state.pulse.learningRate < 0.1")
    shown = page.page.get_by_label("Learning rate in force")
    assert float(shown.get_attribute("data-value")) < 0.3
    assert page.state("experiment.learning_rate") == 0.5


def test_the_scores_are_those_of_the_engines_report(stage: Open) -> None:
    page = stage(path="#dataset=iris&hidden=6&loss=softmax_cross_entropy&optimiser=adam&learning_rate=0.02")
    page.slide("Speed", 4)
    page.until("state.pulse.step > 100")
    page.press("Pause")
    page.press("Lab")
    page.page.get_by_role("tab", name="Scores").click()
    page.until("state.answers.report && state.answers.report.found.test.accuracy !== null")
    found = page.state("answers.report.found.test")
    right = sum(found["confusion"][index][index] for index in range(3))
    assert found["accuracy"] == right / found["samples"]
    table = page.page.get_by_role("region", name="Scores").locator("table").first
    assert f"{100 * found['accuracy']:.1f} %" in table.inner_text()
    page.press("Close the lab")
    assert page.page.get_by_role("region", name="Output", exact=True).is_visible()
