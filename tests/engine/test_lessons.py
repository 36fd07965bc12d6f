"""What the pages of the lessons say is so: every number is trained for."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from nablascope.engine import PRESETS, Experiment, Trainer
from nablascope.engine.content.courses import COURSES, Page
from nablascope.engine.diagnostics import Place
from nablascope.engine.diagnostics.lens import step_lens

TEXTS = Path(__file__).parent.parent.parent / "templates" / "lessons"
PAGES = {(lesson.name, page.name): page for lesson in COURSES.values() for page in lesson.pages}
GUESSING = np.log(2)


def text(lesson: str, page: str) -> str:
    """The template of a page, without its tags."""
    source = (TEXTS / f"{lesson}.html").read_text(encoding="utf-8")
    found = re.search(rf'<template id="lesson-{lesson}-{page}">(.*?)</template>', source, re.S)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1]))


def scene(lesson: str, page: str) -> Experiment:
    return PAGES[lesson, page].scene.experiment


def after(experiment: Experiment, steps: int) -> Trainer:
    trainer = Trainer(experiment)
    trainer.run(steps)
    return trainer


class Course:
    """Losses and norms of the first steps: (steps,), and (steps, layers) of gradients and errors."""

    def __init__(self, experiment: Experiment, steps: int) -> None:
        trainer, rows = Trainer(experiment), []
        for _ in range(steps):
            trace = trainer.step()
            rows.append((trace.loss, trace.gradient_norms.copy(), trace.delta_norms.copy()))
        self.losses, self.gradients, self.deltas = (np.array(column) for column in zip(*rows, strict=True))

    @property
    def ratios(self) -> np.ndarray:
        """How many times smaller the first layer's gradient is than the output's."""
        return self.gradients[:, -1] / self.gradients[:, 0]


course = cache(Course)


def test_there_are_four_lessons_of_four_to_six_pages_each_with_its_text() -> None:
    assert list(COURSES) == ["forward", "rate", "vanishing", "remedies"]
    for lesson in COURSES.values():
        assert 4 <= len(lesson.pages) <= 6
        source = (TEXTS / f"{lesson.name}.html").read_text(encoding="utf-8")
        assert not re.search(r"<mtext>\s|\s</mtext>", source), "MathML drops spaces at the ends"
        names = [f"lesson-{lesson.name}-{page.name}" for page in lesson.pages]
        assert re.findall(r'<template id="([^"]+)">', source) == names
    assert {path.stem for path in TEXTS.glob("*.html")} == {*COURSES, "formulas"}


@pytest.mark.parametrize("page", PAGES.values(), ids=["-".join(names) for names in PAGES])
def test_every_page_is_short_and_its_scene_can_be_set(page: Page) -> None:
    (lesson,) = (one for one in COURSES.values() if page in one.pages)
    assert 20 < len(text(lesson.name, page.name).split()) <= 110
    experiment, at = page.scene.experiment, page.scene
    assert 0 <= at.speed <= 6 and at.ladder in ("gradient", "delta", "ratio")
    assert set(at.changes) <= set(experiment.to_dict())
    if at.selection is not None:
        Place.of(at.selection, experiment.layer_sizes)


def test_without_a_bend_the_answers_stay_near_a_coins_and_with_tanh_the_same_run_learns() -> None:
    trainer = Trainer(scene("forward", "bend"))
    for _ in range(10):
        trainer.run(100)
        assert trainer.metrics().train_accuracy < 2 / 3
    trainer = after(scene("forward", "bend"), 200)
    before = trainer.metrics().train_loss
    assert trainer.set(activation="tanh") == "live"
    trainer.run(600)
    assert trainer.metrics().train_loss < 0.6 * before


def test_a_new_network_begins_with_about_the_loss_of_guessing() -> None:
    first = Trainer(scene("forward", "loss"))
    assert first.metrics().train_loss == pytest.approx(GUESSING, abs=0.02)
    assert first.step().loss == pytest.approx(GUESSING, abs=0.02)


def test_one_step_makes_its_batch_a_hair_better_and_three_hundred_learn() -> None:
    trainer = Trainer(scene("forward", "update"))
    trainer.step()
    lens = step_lens(trainer)
    assert lens is not None and lens.loss is not None
    assert 0 < 1 - lens.loss / lens.start < 0.01
    trainer = after(scene("forward", "again"), 300)
    assert trainer.experiment.batch_size == 32
    assert trainer.metrics().test_accuracy > 0.9


def test_a_small_rate_crawls() -> None:
    trainer = after(scene("rate", "crawl"), 300)
    lens = step_lens(trainer)
    assert trainer.experiment.learning_rate == 0.003
    assert f"{Trainer(trainer.experiment).metrics().train_loss:.2f}" in ("0.68", "0.69")
    assert f"{trainer.metrics().train_loss:.2f}" == "0.68"
    assert lens is not None and lens.zone == "crawls"


def test_a_hundred_times_as_much_fits() -> None:
    crawl, fit = scene("rate", "crawl"), scene("rate", "fit")
    assert crawl.change(learning_rate=0.3) == fit
    trainer, zones = Trainer(fit), []
    for _ in range(300):
        trainer.step()
        lens = step_lens(trainer)
        assert lens is not None
        zones.append(lens.zone)
    assert trainer.metrics().train_loss < 0.1 and trainer.metrics().test_accuracy > 0.9
    assert zones.count("fits") > 200


def test_too_large_a_rate_is_worse_than_guessing_and_what_it_has_saturated_does_not_recover() -> None:
    rises = np.diff(course(scene("rate", "overshoot"), 300).losses) > 0
    assert rises.mean() > 1 / 3  # often higher than it was
    trainer = after(scene("rate", "overshoot"), 300)
    assert trainer.metrics().train_loss > 0.69
    trainer.set(learning_rate=0.3)
    trainer.run(600)
    assert trainer.metrics().train_loss > 0.6
    trainer.reset()
    trainer.run(300)
    assert trainer.metrics().train_loss < 0.1


def test_a_rate_of_three_throws_the_sine_out_of_all_numbers_in_fewer_than_twenty_steps() -> None:
    trainer = Trainer(scene("rate", "diverge"))
    losses = []
    while trainer.stopped is None and trainer.steps < 20:
        losses.append(trainer.step().loss)
    assert trainer.stopped_by_divergence and trainer.steps < 20
    assert (np.diff(losses) > 0).all()


def test_the_table_of_the_u_has_the_losses_that_training_reaches() -> None:
    source = (TEXTS / "rate.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr>(.*?)</tr>", source)
    rates, losses = (re.findall(r"<td>([^<]+)</td>", row) for row in rows)
    for rate, loss in zip(rates, losses, strict=True):
        trainer = after(scene("rate", "valley").change(learning_rate=float(rate)), 300)
        assert f"{trainer.metrics().train_loss:.2f}" == loss
    reached = [float(loss) for loss in losses]
    lowest = int(np.argmin(reached))
    assert (np.diff(reached[: lowest + 1]) < 0).all() and (np.diff(reached[lowest:]) > 0).all()


def test_the_gradient_of_five_sigmoid_layers_falls_like_stairs_and_the_first_learns_nothing() -> None:
    experiment = scene("vanishing", "first")
    assert (course(experiment, 300).ratios > 100).mean() > 0.9
    norms = np.median(course(experiment, 300).gradients, axis=0)
    assert (norms[1:] > norms[:-1]).all()
    assert after(experiment, 300).metrics().test_accuracy <= 0.55


def test_the_slope_of_a_sigmoid_is_a_quarter_at_most_and_five_of_them_a_thousandth() -> None:
    z = np.linspace(-20, 20, 4001)
    sigmoid = 1 / (1 + np.exp(-z))
    slope = sigmoid * (1 - sigmoid)
    assert slope.max() == pytest.approx(0.25) and z[slope.argmax()] == pytest.approx(0, abs=1e-9)
    assert slope[0] < 1e-8 and slope[-1] < 1e-8
    assert pytest.approx(0.001, rel=0.03) == 0.25**5
    assert scene("vanishing", "slope").activation == "sigmoid"


def test_the_error_of_nielsens_first_layer_is_more_than_thirty_times_smaller_than_the_fourths() -> None:
    experiment = scene("vanishing", "power")
    errors = course(experiment, 100).deltas[:, :4]
    assert (errors[:, 3] / errors[:, 0] > 30).all()
    factors = errors[:, 1:] / errors[:, :-1]
    assert (factors > 2).all() and (factors < 7).all()
    assert experiment.dataset == "digits"


def test_eight_sigmoid_layers_leave_less_than_a_thousandth_at_every_step() -> None:
    experiment = scene("vanishing", "deep")
    assert len(experiment.hidden) == 8 and len(scene("vanishing", "first").hidden) == 5
    assert (course(experiment, 300).ratios > 1000).all()
    for rate in (1.0, 10.0):
        assert after(experiment.change(learning_rate=rate), 600).metrics().train_accuracy <= 0.55


def test_large_weights_make_the_gradient_grow_on_its_way_back() -> None:
    norms = Trainer(scene("vanishing", "explode")).step().gradient_norms
    assert norms[0] > 50 * norms[-1]
    assert (norms[:-1] > norms[1:]).all()


def test_thirty_layers_keep_nothing_of_xaviers_weights_and_everything_of_hes() -> None:
    small, right = scene("remedies", "small"), scene("remedies", "start")
    assert small.change(initialiser="he") == right and len(right.hidden) == 30
    assert pytest.approx(1e-9, rel=0.1) == 0.5**30
    squares = np.array([np.mean(a**2) for a in Trainer(small).step().a[1:-1]])
    assert np.exp(np.diff(np.log(squares)).mean()) == pytest.approx(0.5, abs=0.1)
    assert after(small, 600).metrics().train_loss == pytest.approx(GUESSING, abs=0.005)
    assert after(right, 600).metrics().test_accuracy > 0.95
    stalled, kept = (Trainer(one).step().gradient_norms for one in (small, right))
    assert (kept > 100 * stalled).all()


def test_relu_layers_hand_the_first_one_as_much_as_the_output_gets() -> None:
    experiment = scene("remedies", "relu")
    assert experiment.hidden == scene("vanishing", "first").hidden
    assert 0.5 < course(experiment, 1).ratios[0] < 2
    assert after(experiment, 300).metrics().test_accuracy > 0.9


def test_batch_normalisation_lets_the_same_sigmoid_layers_learn() -> None:
    experiment = scene("remedies", "norm")
    assert experiment.change(normalisation="none") == PRESETS["Vanishing gradient"].experiment
    assert after(experiment, 600).metrics().test_accuracy > 0.9
    norms = course(experiment, 300).gradients
    assert np.median(norms.max(axis=1) / norms.min(axis=1)) < 10


def test_a_way_around_each_layer_untangles_the_spirals() -> None:
    on = scene("remedies", "around")
    assert len(on.hidden) == 20 and on.change(residual=False) == PRESETS["Residual off"].experiment
    assert after(on, 1000).metrics().test_accuracy > 0.9
    assert after(on.change(residual=False), 1000).metrics().train_loss > 0.5
