"""The loss landscape: true losses in a plane through the parameters, with the path and the gradient in it."""

import json

import numpy as np
import pytest
from nablascope.engine import Experiment, ExperimentError, Trainer
from nablascope.engine.diagnostics import Landscape, completed, landscape
from nablascope.engine.diagnostics.plane import PLANES, RandomPlane

BASE = Experiment(hidden=[6, 6], learning_rate=0.3)
VARIANTS = [{}, {"dropout": 0.3, "l2": 0.01}, {"normalisation": "batch"}, {"dataset": "sine", "loss": "mse"}]


def trained(steps: int = 300, **changes: object) -> Trainer:
    trainer = Trainer(BASE.change(**changes), "float64")
    trainer.run(steps)
    return trainer


def of(trainer: Trainer, plane: str, points: int = 7, samples: int = 1024, seed: int = 0) -> Landscape:
    return completed(landscape(trainer, np.random.default_rng(seed), plane, points, samples))


@pytest.mark.parametrize("plane", PLANES)
def test_every_point_has_the_loss_that_the_network_has_there(plane: str) -> None:
    trainer = trained()
    found = of(trainer, plane)
    assert found.here == pytest.approx(trainer.metrics().train_loss, rel=1e-12)
    if plane == "random":
        assert found.losses[3, 3] == pytest.approx(found.here)
        axes = RandomPlane(trainer, np.random.default_rng(0)).axes
        assert axes.shape == (2, trainer.network.theta.size)
    twin = trainer.twin()
    rng = np.random.default_rng(0)
    rng.permutation(len(trainer.data.x_train))
    laid = PLANES[plane](trainer, rng)
    twin.theta[...] = laid.theta + found.alphas[5] * laid.axes[0] + found.betas[1] * laid.axes[1]
    inputs = trainer.data.inputs(trainer.data.x_train)
    assert found.losses[1, 5] == pytest.approx(twin.training_loss(inputs, trainer.data.y_train), rel=1e-9)


@pytest.mark.parametrize("changes", [{"dropout": 0.4}, {"l1": 0.01, "l2": 0.01}, {"dataset": "sine", "loss": "mse"}])
def test_the_middle_is_the_training_loss_with_all_units_speaking_and_penalties_in_it(
    changes: dict[str, object],
) -> None:
    trainer = trained(**changes)
    assert of(trainer, "random").here == pytest.approx(trainer.metrics().train_loss, rel=1e-12)


def test_random_directions_are_filter_by_filter_as_long_as_the_weights_and_leave_biases_alone() -> None:
    trainer = trained(normalisation="layer")
    for axis in RandomPlane(trainer, np.random.default_rng(4)).axes:
        for name, part in trainer.network.named(axis).items():
            if name.endswith("weight"):
                lengths = np.linalg.norm(trainer.network.parameters[name], axis=0)
                assert np.linalg.norm(part, axis=0) == pytest.approx(lengths)
            else:
                assert not part.any()


def test_the_paths_plane_shows_more_of_the_path_than_any_other_and_ends_here() -> None:
    trainer = trained(730)
    found = of(trainer, "path")
    assert found.path_steps.tolist() == [*range(0, 701, 100), 730]
    assert found.path[-1] == pytest.approx([0, 0], abs=1e-9)
    assert 0.7 < found.shares.sum() <= 1 and found.shares[0] > found.shares[1]
    away = np.linalg.norm(trainer.timeline.states[0].theta - trainer.network.theta)
    assert 0.7 * away < np.linalg.norm(found.path[0]) <= away * (1 + 1e-9)
    for axis, ends in enumerate((found.alphas, found.betas)):
        assert ends[0] < found.path[:, axis].min() and found.path[:, axis].max() < ends[-1]


def test_downhill_is_where_the_loss_falls_in_the_plane() -> None:
    trainer = trained(120)
    for plane in PLANES:
        found = of(trainer, plane)
        laid = PLANES[plane](trainer, np.random.default_rng(0))
        assert 0 < found.in_plane <= 1
        if plane == "path":  # the same axes whatever rng says
            twin = trainer.twin()
            inputs = trainer.data.inputs(trainer.data.x_train)
            little = 1e-4 / np.linalg.norm(found.downhill)
            twin.theta[...] = laid.theta + little * found.downhill @ laid.axes
            fallen = found.here - twin.training_loss(inputs, trainer.data.y_train)
            assert fallen == pytest.approx(little * found.downhill @ found.downhill, rel=1e-2)


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("changes", VARIANTS)
def test_looking_around_alters_nothing_is_repeatable_and_valid_json(plane: str, changes: dict[str, object]) -> None:
    one, two = trained(120, **changes), trained(120, **changes)
    first, second = of(two, plane, samples=50), of(two, plane, samples=50)
    assert np.array_equal(first.losses, second.losses)
    assert json.loads(json.dumps(first.to_dict(), allow_nan=False))["samples"] == 50
    one.run(50)
    two.run(50)
    assert np.array_equal(one.network.theta, two.network.theta)


def test_rows_come_one_by_one_and_one_can_stop_asking() -> None:
    rows = landscape(trained(), np.random.default_rng(0), points=9)
    first, second = next(rows), next(rows)
    rows.close()
    assert (first.row, second.row, second.of) == (0, 1, 9)
    assert first.losses.shape == (9,) and first.beta == -1


def test_what_cannot_be_is_refused_with_what_was_expected() -> None:
    rng, run = np.random.default_rng(0), trained()
    for message, trainer, options in (
        ("plane: was 'flat', expected one of random, path", run, {"plane": "flat"}),
        ("points: was 3, expected a whole number from 5 to 101", run, {"points": 3}),
        ("samples: was 0, expected a whole number from 1 to 1,024", run, {"samples": 0}),
        ("expected random, or a run with at least two recorded states", trained(40), {"plane": "path"}),
        ("expected weights other than 0", trained(0, initialiser="zeros"), {}),
    ):
        with pytest.raises(ExperimentError, match=message):
            next(landscape(trainer, rng, **options))
