"""Every data set: shapes, classes, balance, split, standardised inputs, and what makes each the set it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nablascope.engine import DATASETS, Experiment, Trainer
from nablascope.engine.datasets import load
from nablascope.engine.datasets.base import in_turn, shares

TABLES = {"digits": 1797, "iris": 150}
CLASSIFICATION = [name for name, dataset in DATASETS.items() if dataset.task == "classification"]
REGRESSION = [name for name in DATASETS if name not in CLASSIFICATION]
DRAWN = [name for name in CLASSIFICATION if name not in TABLES]


def made(name: str, samples: int = 300, noise: float = 0.0, balance: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    return DATASETS[name].make(np.random.default_rng(4), samples, noise, balance)


@pytest.mark.parametrize("name", DATASETS)
def test_every_set_has_the_shapes_and_the_classes_it_states(name: str) -> None:
    dataset = DATASETS[name]
    x, labels = made(name, 301, 0.1)
    count = TABLES.get(name, 301)
    assert x.shape == (count, dataset.n_inputs)
    assert labels.shape == (count,)
    assert np.isfinite(x).all() and np.isfinite(labels).all()
    if dataset.task == "classification":
        assert np.array_equal(np.unique(labels), np.arange(len(dataset.classes)))
    assert dataset.losses and dataset.help


@pytest.mark.parametrize("name", DATASETS)
def test_without_noise_every_drawn_point_lies_in_the_picture(name: str) -> None:
    x, labels = made(name)
    low, high = DATASETS[name].bounds
    if name != "iris":
        assert low < x.min() and x.max() < high
    if DATASETS[name].task == "regression":
        low, high = DATASETS[name].target_range
        assert low <= labels.min() and labels.max() <= high


@pytest.mark.parametrize("name", DATASETS)
def test_the_same_generator_gives_the_same_samples_and_noise_moves_them(name: str) -> None:
    one, two, noisy = made(name), made(name), made(name, noise=0.5)
    assert np.array_equal(one[0], two[0]) and np.array_equal(one[1], two[1])
    assert not np.array_equal(one[0], noisy[0]) or not np.array_equal(one[1], noisy[1])


@pytest.mark.parametrize("name", CLASSIFICATION)
@pytest.mark.parametrize("balance", [0.1, 0.3, 0.5, 0.75, 0.9])
def test_the_last_class_has_the_share_that_is_asked_for(name: str, balance: float) -> None:
    classes = len(DATASETS[name].classes)
    _, labels = made(name, 400, balance=balance)
    counts = np.bincount(labels, minlength=classes)
    assert (counts > 0).all()
    beside = counts[-1] / (counts[-1] + counts[:-1])
    assert beside == pytest.approx(balance, abs=0.06 if name in TABLES else 0.02)
    if name in DRAWN:
        assert counts.sum() == 400
    elif balance == 0.5:
        assert counts.sum() == TABLES[name]


@settings(max_examples=100)
@given(st.integers(20, 400), st.integers(2, 10), st.floats(0.1, 0.9))
def test_classes_are_mixed_evenly_from_the_first_sample_on(samples: int, classes: int, balance: float) -> None:
    labels = in_turn(samples, classes, balance)
    assert len(labels) == samples
    for stop in {samples // 3, samples // 2, samples}:
        counts = np.bincount(labels[:stop], minlength=classes)
        assert np.abs(counts - stop * shares(classes, balance)).max() <= classes / 2


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_the_split_keeps_every_sample_once_and_the_classes_in_proportion(name: str, share: float) -> None:
    data = load(
        DATASETS[name], np.random.default_rng(0), 200, 0.1, share, max(1, len(DATASETS[name].classes)), balance=0.7
    )
    x, labels = DATASETS[name].make(np.random.default_rng(0), 200, 0.1, 0.7)
    everything = np.concatenate([data.x_train, data.x_test])
    assert len(everything) == len(x)
    assert np.array_equal(np.sort(everything, axis=0), np.sort(x, axis=0))
    classes = np.unique(labels) if name in CLASSIFICATION else []
    for k in classes:
        assert (data.labels_test == k).sum() == round((labels == k).sum() * share)
    assert len(data.y_train) == len(data.x_train) == len(data.labels_train)


@pytest.mark.parametrize("name", DATASETS)
def test_standardised_inputs_have_mean_0_and_deviation_1_on_the_training_part(name: str) -> None:
    trainer = Trainer(Experiment().change(dataset=name, standardise=True), "float64")
    data = trainer.data
    seen, raw = data.inputs(data.x_train), data.x_train
    varies = raw.std(axis=0) > 1e-12
    assert seen.mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert seen.std(axis=0)[varies] == pytest.approx(1)
    assert seen.std(axis=0)[~varies] == pytest.approx(0, abs=1e-9)
    # The test part is moved by the training part's numbers, not by its own.
    deviation = np.where(varies, raw.std(axis=0), 1)
    assert data.inputs(data.x_test) == pytest.approx((data.x_test - raw.mean(axis=0)) / deviation, rel=1e-9, abs=1e-9)
    trace = trainer.step()
    rows = {tuple(row) for row in seen.round(9)}
    assert all(tuple(row) in rows for row in trace.x.round(9))


def test_balance_and_standardise_count_at_once_and_keep_the_weights() -> None:
    trainer = Trainer(Experiment(), "float64")
    theta = trainer.network.theta.copy()
    assert trainer.set(balance=0.9, standardise=True) == "live"
    assert np.array_equal(trainer.network.theta, theta)
    assert trainer.data.labels_train.mean() == pytest.approx(0.9, abs=0.01)
    assert trainer.step().x.std() == pytest.approx(1, abs=0.3)
    trainer.back()
    trainer.set(balance=0.5, standardise=False)
    assert trainer.data.mean is None


def test_two_sets_of_more_classes_lie_where_their_words_say() -> None:
    x, labels = made("concentric", 800)
    radius = np.hypot(x[:, 0], x[:, 1])
    for k in range(4):
        assert 0.27 * k <= radius[labels == k].min() and radius[labels == k].max() <= 0.27 * k + 0.19
    x, labels = made("rings", 900)
    for k, (x1, x2) in enumerate([(0, 0.35), (-0.303109, -0.175), (0.303109, -0.175)]):
        distance = np.hypot(x[labels == k, 0] - x1, x[labels == k, 1] - x2)
        assert distance.mean() == pytest.approx(0.45, abs=0.01)
        assert distance.std() == pytest.approx(0.03, abs=0.005)


def test_neighbouring_fields_of_the_checkerboard_differ() -> None:
    x, labels = made("checkerboard", 640)
    field = np.floor((x + 1) * 2).astype(int)
    assert np.array_equal(labels, field.sum(axis=1) % 2)
    counts = np.bincount(field[:, 0] + 4 * field[:, 1])
    assert counts.tolist() == [40] * 16
    assert np.abs((x + 1) * 2 - np.rint((x + 1) * 2)).min() > 0.05


def test_surfaces_are_the_functions_their_words_say() -> None:
    x, y = made("plane")
    assert y == pytest.approx((x[:, 0] + x[:, 1]) / 2)
    hills = DATASETS["hills"]
    places = np.array([[-0.8, 0.5], [0, 0.5], [0.8, 0.5], [-0.8, -0.5], [0, -0.5], [0.8, -0.5], [0.4, 0]])
    assert hills.value(places) == pytest.approx([1, -1, 1, -1, 1, -1, 0], abs=1e-3)
    x, y = made("hills", 2000)
    assert y.max() > 0.9 and y.min() < -0.9


def test_irises_are_fishers() -> None:
    x, labels = made("iris")
    assert np.bincount(labels).tolist() == [50, 50, 50]
    assert x.mean(axis=0) == pytest.approx([5.84, 3.05, 3.76, 1.20], abs=0.008)
    assert x[34].tolist() == [4.9, 3.1, 1.5, 0.2]  # the two rows that many copies have wrong
    assert x[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    trainer = Trainer(Experiment().change(dataset="iris", noise=0, standardise=True))
    trainer.run(600)
    assert trainer.metrics().test_accuracy > 0.93
