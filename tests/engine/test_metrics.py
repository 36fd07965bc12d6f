"""A report counts what a person would count by hand."""

import numpy as np
import pytest
from nablascope.engine import DATASETS, Experiment, ExperimentError, Network, Trainer, report
from nablascope.engine.datasets import Data


def by_hand(labels: list[int], outputs: list[int]) -> tuple[Network, Data]:
    """A network that answers class `outputs[i]` to sample i: the identity on one-hot inputs of three classes."""
    network = Network([3, 3], ["softmax"], "softmax_cross_entropy", np.random.default_rng(0), "float64", "zeros")
    network.weights[1][...] = 4 * np.eye(3)
    x, truth = np.eye(3)[outputs], np.array(labels)
    nothing = np.zeros((1, 3))
    return network, Data(DATASETS["iris"], nothing, nothing, truth[:1], x, np.eye(3)[truth], truth)


def test_confusion_precision_and_recall_of_seven_samples() -> None:
    network, data = by_hand([0, 0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 1, 1, 0])
    result = report(network, data)
    assert result.samples == 7
    assert result.confusion is not None
    assert result.confusion.tolist() == [[2, 1, 0], [0, 2, 0], [1, 1, 0]]
    assert result.accuracy == 4 / 7
    assert result.precision == pytest.approx([2 / 3, 2 / 4, np.nan], nan_ok=True)
    assert result.recall == pytest.approx([2 / 3, 1, 0])
    assert result.loss == pytest.approx((4 * np.log(1 + 2 * np.exp(-4)) + 3 * np.log(np.exp(4) + 2)) / 7)
    assert result.r_squared is None and result.rmse is None


def test_r_squared_and_root_mean_squared_error_of_a_line() -> None:
    network = Network([1, 1], ["linear"], "mse", np.random.default_rng(0), "float64", "zeros")
    network.weights[1][...] = 1
    x = np.array([[0.0], [1.0], [2.0], [3.0]])
    values = np.array([0.0, 1.0, 2.0, 5.0])
    data = Data(DATASETS["sine"], x, values[:, None], values, x[:1], values[:1, None], values[:1])
    result = report(network, data, "train")
    assert result.rmse == 1.0  # errors 0, 0, 0, 2
    assert result.loss == 1.0
    assert result.r_squared == pytest.approx(1 - 4 / 14)  # squares about the mean 2: 4 + 1 + 0 + 9
    assert np.isnan(report(network, data, "test").r_squared)
    assert result.accuracy is None and result.confusion is None


@pytest.mark.parametrize("name", DATASETS)
def test_a_report_agrees_with_the_running_measurement_and_alters_nothing(name: str) -> None:
    trainer = Trainer(Experiment().change(dataset=name))
    trainer.run(50)
    before, metrics = trainer.network.theta.copy(), trainer.metrics()
    train, test = (report(trainer.network, trainer.data, part) for part in ("train", "test"))
    assert (train.loss, test.loss) == pytest.approx((metrics.train_loss, metrics.test_loss), rel=1e-5)
    if DATASETS[name].task == "classification":
        assert (train.accuracy, test.accuracy) == (metrics.train_accuracy, metrics.test_accuracy)
        assert test.confusion is not None and test.confusion.sum() == len(trainer.data.x_test)
    else:
        assert test.rmse == pytest.approx(np.sqrt(metrics.test_loss), rel=1e-5)
    assert np.array_equal(before, trainer.network.theta)


def test_a_fitted_plane_explains_all_but_the_noise() -> None:
    trainer = Trainer(Experiment(dataset="plane", loss="mse", hidden=[], noise=0.1, samples=2000, learning_rate=0.3))
    trainer.run(500)
    result = report(trainer.network, trainer.data)
    assert result.rmse == pytest.approx(0.1, rel=0.1)
    assert result.r_squared == pytest.approx(1 - 0.01 / (1 / 6 + 0.01), abs=0.02)


def test_a_part_that_does_not_exist_is_refused() -> None:
    trainer = Trainer(Experiment())
    with pytest.raises(ExperimentError, match="expected train or test"):
        report(trainer.network, trainer.data, "all")
