"""Runs side by side, as people meet them: in lockstep, with the engine's numbers, whatever happens to one of them."""

import itertools
import os
import signal
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from axe import SIZES, faults_of
from compared import BASE, Compared, address_of
from nablascope.engine import COMPARISONS, DATASETS, Experiment, Trainer, from_address, to_address
from processes import spawned

Open = Callable[..., Any]
SMALL = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.offsetParent && parseFloat(getComputedStyle(element).fontSize) < 11).length"""


@pytest.fixture
def compare(server: Any, visits: Any) -> Open:
    """Open the page."""

    def open_page(path: str = "compare", url: str | None = None, ready: bool = True, **options: Any) -> Compared:
        base = url or server.url
        opened = Compared(visits.open(base + path, base, **options))
        if ready and "#" in path:
            opened.until("session.ready")
        return opened

    return open_page


@pytest.mark.parametrize("name", COMPARISONS)
def test_a_preset_plays_in_lockstep_and_its_numbers_are_the_engines(compare: Open, name: str) -> None:
    opened = compare()
    opened.page.get_by_role("combobox", name="Comparison", exact=True).select_option(name)
    opened.until("session.ready && states.length > 1")
    region = opened.page.get_by_role("region", name="Compare", exact=True)
    assert region.get_by_role("region", name="Run ").count() == len(COMPARISONS[name].experiments)
    opened.page.get_by_role("slider", name="Speed", exact=True).fill("3")
    opened.press("Play")
    opened.until("states.every(({pulse}) => pulse.step >= 60)")
    opened.stand()
    (step,) = set(opened.steps())
    assert opened.figures("step") == [step] * len(opened.steps())
    norms = opened.page.evaluate(
        """() => [...document.querySelectorAll(".norms tbody tr")].map((row) =>
          [...row.querySelectorAll("td")].map((cell) => cell.dataset.value))"""
    )
    for index, experiment in enumerate(COMPARISONS[name].experiments):
        own = Trainer(experiment)
        own.run(step - 1)
        trace = own.step()
        history = opened.page.evaluate(f"window.nablascope.states()[{index}].history.loss")
        assert len(history) == step and history[-1] == np.float32(trace.loss)
        assert opened.figures("train-loss")[index] == pytest.approx(own.metrics().train_loss, rel=1e-6)
        shown = [row[index] for row in norms if row[index]]
        assert [float(value) for value in shown] == [float(value) for value in trace.gradient_norms.astype("f4")]
        theta = opened.page.evaluate(f"[...window.nablascope.states()[{index}].parameters.theta[1]]")
        assert theta == own.network.thetas[1].astype("f4").ravel().tolist()


def test_runs_are_stepped_reset_and_driven_by_keyboard_together(compare: Open) -> None:
    opened = compare(address_of(BASE, BASE.change(activation="tanh"), BASE.change(activation="sigmoid")))
    titles = opened.page.locator(".column-of-run h2 span").all_inner_texts()
    assert titles == ["ReLU", "tanh", "sigmoid"]
    opened.press("One step")
    opened.until("states.every(({pulse, parameters}) => pulse.step === 1 && parameters.step === 1)")
    opened.page.locator("body").press("s")
    opened.until("states.every(({pulse}) => pulse.step === 2)")
    opened.page.evaluate("document.activeElement.blur()")  # space presses a button that has the focus
    opened.page.locator("body").press(" ")
    opened.until("session.playing && states.every(({pulse}) => pulse.step > 5)")
    opened.page.locator("body").press(" ")
    opened.until("!session.playing")
    opened.page.locator("body").press("r")
    opened.until("states.every(({pulse, history}) => pulse?.step === 0 && history.length === 0)")
    assert opened.page.locator('p[role="status"]').inner_text().startswith("ReLU: step 0, training loss ")


def test_a_run_that_diverges_is_marked_and_the_others_go_on_and_all_can_be_reset(compare: Open) -> None:
    opened = compare(address_of(BASE, BASE.change(learning_rate=10)))
    opened.page.get_by_role("slider", name="Speed", exact=True).fill("5")
    opened.press("Play")
    opened.until("states[1].status === 'diverged' && states[0].pulse.step > 300")
    opened.stand()
    verdict = opened.page.locator('[data-run="1"] .verdict').inner_text()
    assert "η = 10 was too large" in verdict and "The others go on." in verdict
    opened.press("Reset")
    opened.until("states.every(({pulse, status}) => pulse?.step === 0 && status === 'paused')")
    opened.press("One step")
    opened.until("states.every(({pulse}) => pulse.step === 1)")


def test_a_run_whose_process_dies_catches_up_with_the_others(compare: Open, serve: Open) -> None:
    own = serve()
    kinds = BASE, BASE.change(activation="tanh")
    opened = compare(address_of(*kinds), url=own.url)
    opened.press("Play")
    opened.until("states.every(({pulse}) => pulse.step > 20)")
    os.kill(spawned(own.process.pid)[0], signal.SIGKILL)
    opened.until(f"states.every(({{pulse}}) => pulse?.step > {max(opened.steps()) + 20})")
    opened.stand()
    (step,) = set(opened.steps())
    for index, experiment in enumerate(kinds):
        trainer = Trainer(experiment)
        trainer.run(step)
        assert opened.figures("train-loss")[index] == pytest.approx(trainer.metrics().train_loss, rel=1e-6)


def test_the_run_on_the_stage_is_compared_with_variations_of_itself_and_back_returns(stage: Open) -> None:
    opened = stage("#dataset=moons&hidden=5,4&learning_rate=0.2&seed=3")
    came_from = f"**/r/{opened.state('room')}#dataset=moons&hidden=5,4&seed=3&learning_rate=0.2"
    opened.press("Compare with …")
    dialog = opened.page.get_by_role("dialog", name="Compare this run with …")
    rows = dialog.get_by_role("listitem").all_inner_texts()
    labels = [row.split("\n")[0].strip() for row in rows]
    assert [label.split("  ")[0] for label in labels] == [
        "Activation", "Initialiser", "Optimiser", "Learning rate", "Depth", "Residual connections", "Normalisation",
    ]  # fmt: skip
    dialog.get_by_role("button", name="Learning rate").press("Enter")
    opened.page.wait_for_url("**/compare#*")
    compared = Compared(opened.page)
    compared.until("session.ready")
    runs = [from_address(text) for text in opened.page.url.split("#")[1].split("||")]
    own = Experiment(dataset="moons", hidden=[5, 4], learning_rate=0.2, seed=3)
    assert runs == [own, own.change(learning_rate=0.0667), own.change(learning_rate=0.6)]
    assert opened.page.locator(".column-of-run h2 span").all_inner_texts() == ["η = 0.2", "η = 0.0667", "η = 0.6"]
    opened.page.go_back()
    opened.page.wait_for_url(came_from)
    opened.until("state.driving && state.pulse !== null")


def test_whatever_is_on_the_stage_every_variation_of_it_is_an_experiment(compare: Open) -> None:
    page = compare().page
    for name, dataset in DATASETS.items():
        experiment = Experiment(dataset=name, loss=dataset.losses[0], hidden=[5], learning_rate=10)
        rows = page.evaluate(
            """async ([address, experiment]) => {
              const {variationsOf} = await import("/static/model/variations.js");
              const {fields} = JSON.parse(document.getElementById("description").textContent);
              return variationsOf(address, experiment, fields);
            }""",
            [to_address(experiment), experiment.to_dict()],
        )
        assert len(rows) == 7
        for row in rows:
            runs = [from_address(address) for address in row["addresses"]]
            assert runs[0] == experiment and 2 <= len(runs) <= 4
            assert len({to_address(run) for run in runs}) == len(runs) == len(row["values"].split(" · "))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("compare#hidden=4,", "address was 1 run, expected 2 to 4 experiments with || between them."),
        ("compare#" + "||".join(["seed=2"] * 5), "address was 5 runs, expected 2 to 4 experiments"),
        ("compare#hidden=4,||hidden=many", "Run 2: hidden was ['many'], expected a list of at most 32 whole numbers"),
    ],
)
def test_an_address_that_cannot_be_compared_is_explained_and_others_are_offered(
    compare: Open, path: str, said: str
) -> None:
    opened = compare(path, ready=False)
    alert = opened.page.get_by_role("alert")
    alert.wait_for()
    assert said in alert.inner_text()
    assert faults_of(opened.page) == []
    opened.press("Three learning rates")
    opened.until("session.ready && states.length === 3")


def test_runs_that_see_other_batches_are_said_to(compare: Open) -> None:
    opened = compare(address_of(BASE, BASE.change(seed=7)))
    said = opened.page.get_by_role("alert").inner_text()
    assert said == "These runs do not see the same batches: they differ in seed."


def test_nothing_scrolls_on_a_projector_and_axe_finds_nothing_anywhere(compare: Open) -> None:
    four = [BASE.change(activation=name) for name in ("relu", "tanh", "sigmoid", "elu")]
    for experiments in (four, COMPARISONS["With and without residual connections"].experiments):
        opened = compare(address_of(*experiments), reduced_motion="reduce")
        opened.press("One step")
        opened.until("states.every(({pulse, diagnosis}) => pulse.step === 1 && diagnosis)")
        page = opened.page
        for theme, (width, height) in itertools.product(("light", "dark"), ((1440, 900), (1024, 768), (390, 844))):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") == width
            if height < width:
                assert page.evaluate("document.documentElement.scrollHeight") == height
                tops = page.evaluate(
                    "[...document.querySelectorAll('.small-ladder')].map((one) => one.getBoundingClientRect().top)"
                )
                assert len(set(tops)) == 1
            assert page.evaluate(SMALL) == 0
            assert faults_of(page, theme) == []


def test_the_names_of_comparisons_fit_their_buttons(compare: Open) -> None:
    cut = """() => [...document.querySelectorAll(".choices button")].filter((button) => {
      const range = document.createRange(), outer = button.getBoundingClientRect();
      range.selectNodeContents(button);
      const inner = range.getBoundingClientRect();
      return inner.left < outer.left + 8 || inner.right > outer.right - 8; }).map((button) => button.textContent)"""
    page = compare(ready=False)
    page.page.locator(".choices button").first.wait_for()
    for width, height in SIZES:
        page.page.set_viewport_size({"width": width, "height": height})
        assert page.page.evaluate(cut) == []


def test_axe_finds_nothing_where_nothing_is_chosen_yet_or_in_the_stages_dialog(compare: Open, stage: Open) -> None:
    assert faults_of(compare().page) == []
    opened = stage(reduced_motion="reduce")
    opened.press("Compare with …")
    assert faults_of(opened.page) == []
