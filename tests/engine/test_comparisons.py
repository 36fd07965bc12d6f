"""Each comparison shows what its sentence says, and differs in one thing alone."""

import numpy as np
import pytest
from nablascope.engine import COMPARISONS, Experiment, Trainer, from_address, to_address


def trained(name: str, steps: int, **changes: object) -> list[Trainer]:
    """Its runs after so many steps."""
    runs = [Trainer(experiment.change(**changes)) for experiment in COMPARISONS[name].experiments]
    for run in runs:
        run.run(steps - 1)
        run.step()
    return runs


def first_norms(runs: list[Trainer]) -> list[float]:
    """‖∂L/∂W¹‖ of each run's last step."""
    return [float(run.step().gradient_norms[0]) for run in runs]


@pytest.mark.parametrize("name", COMPARISONS)
def test_two_to_four_runs_differ_in_one_setting_and_see_the_same_batches(name: str) -> None:
    experiments = COMPARISONS[name].experiments
    assert 2 <= len(experiments) <= 4
    told = [experiment.to_dict() for experiment in experiments]
    assert len([field for field in told[0] if any(each[field] != told[0][field] for each in told)]) == 1
    assert all(from_address(to_address(experiment)) == experiment for experiment in experiments)
    runs = [Trainer(experiment) for experiment in experiments]
    for _ in range(20):
        traces = [run.step() for run in runs]
        for trace in traces[1:]:
            assert np.array_equal(trace.x, traces[0].x) and np.array_equal(trace.y, traces[0].y)


def test_another_seed_would_be_seen_to_bring_other_batches() -> None:
    one, other = (Trainer(Experiment(seed=seed)).step() for seed in (1, 2))
    assert not np.array_equal(one.x, other.x)


@pytest.mark.parametrize("seed", [5, 1, 2])
def test_sigmoid_layers_stand_still_where_relu_layers_learn(seed: int) -> None:
    sigmoid, relu = trained("Sigmoid against ReLU", 1500, seed=seed)
    assert sigmoid.metrics().test_accuracy < 0.6 and relu.metrics().test_accuracy > 0.95
    norms = sigmoid.step().gradient_norms
    assert norms[0] < norms[-1] / 1000


def test_of_three_learning_rates_only_the_middle_one_learns_well() -> None:
    low, middle, high = (run.metrics() for run in trained("Three learning rates", 600))
    assert middle.train_loss < 0.05 and middle.test_accuracy > 0.95
    assert 0.4 < low.train_loss < np.log(2)
    assert high.train_loss > np.log(2)


@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_the_largest_rate_never_settles_whatever_the_seed(seed: int) -> None:
    assert trained("Three learning rates", 600, seed=seed)[2].metrics().train_loss > np.log(2)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_deeper_the_network_the_less_arrives_at_the_first_layer(seed: int) -> None:
    two, five, ten = first_norms(trained("Depth 2, 5, 10", 1000, seed=seed))
    assert two > 100 * five and five > 100 * ten


def test_twenty_layers_need_a_way_around_each() -> None:
    around, plain = (run.metrics() for run in trained("With and without residual connections", 2000))
    assert around.test_accuracy > 0.9 and around.train_loss < 0.05
    assert plain.test_accuracy < 0.8 and plain.train_loss > 0.4
