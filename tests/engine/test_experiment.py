"""The description of a run: strict, complete, and the same after a round trip."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nablascope.engine import ACTIVATIONS, DATASETS, FEATURES, INITIALISERS, Experiment, ExperimentError, Trainer

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANYTHING = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3)
)


@given(st.sampled_from([*Experiment.describe(), "nonsense"]), ANYTHING)
def test_any_value_of_any_field_is_kept_as_it_is_or_refused_by_name(field: str, value: Any) -> None:
    try:
        experiment = Experiment().change(**{field: value})
    except ExperimentError as error:
        assert error.field and error.expected
        return
    kept = experiment.to_dict()[field]
    assert kept == value
    assert isinstance(kept, type(value)) or (isinstance(value, int) and isinstance(kept, float))
    assert Experiment.from_dict(experiment.to_dict()) == experiment
    assert Experiment.from_json(experiment.to_json()) == experiment


def fitting(dataset: str) -> st.SearchStrategy[Experiment]:
    """Experiments on a data set, with everything of its data and its start drawn."""
    return st.builds(
        Experiment,
        dataset=st.just(dataset), loss=st.sampled_from(DATASETS[dataset].losses), samples=st.integers(20, 60),
        noise=st.floats(0, 1), balance=st.floats(0.1, 0.9), standardise=st.booleans(),
        features=st.sets(st.sampled_from(list(FEATURES)), min_size=1).map(list),
        activation=st.sampled_from([name for name, row in ACTIVATIONS.items() if row.hidden]),
        initialiser=st.sampled_from(list(INITIALISERS)), init_size=st.floats(0.001, 5),
        gain=st.none() | st.floats(0.1, 5), hidden=st.lists(st.integers(1, 5), max_size=3), seed=st.integers(0, 99),
    )  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from([name for name in DATASETS if name != "digits"]).flatmap(fitting))
def test_every_combination_comes_back_from_json_and_makes_the_same_step(experiment: Experiment) -> None:
    again = Experiment.from_json(experiment.to_json())
    assert again == experiment
    one, two = Trainer(experiment), Trainer(again)
    one.step(), two.step()
    assert np.array_equal(one.network.theta, two.network.theta)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("learning_rate", float("nan")), ("learning_rate", True), ("learning_rate", "0.1"), ("learning_rate", 11),
        ("hidden", [8] * 33), ("hidden", [0]), ("hidden", [129]), ("hidden", [8.0]), ("hidden", "88"),
        ("hidden", [128] * 32), ("batch_size", 1.5), ("dataset", "moon"), ("activation", "softmax"),
        ("activation", ["tanh"]), ("output_activation", "softmax"), ("stop_loss", -1), ("seed", 2**32),
        ("features", []), ("features", ["x1", "x1"]), ("init_size", 0), ("gain", 0.0), ("gain", float("nan")),
        ("balance", 0.05), ("standardise", 1), ("standardise", "true"), ("standardise", None),
        ("weights", [0.0] * 2001), ("weights", [0.0]), ("weights", []), ("weights", [float("inf")] * 105),
        ("weights", [1001] * 105), ("weights", [True] * 105), ("weights", "0" * 105), ("weights", ["0"] * 105),
    ],
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused_and_names_the_field(field: str, value: object) -> None:
    with pytest.raises(ExperimentError) as refusal:
        Experiment().change(**{field: value})
    assert refusal.value.field == field
    assert str(refusal.value).startswith(f"{field}: was ")


def test_a_setting_without_a_name_is_refused_with_a_name_that_can_be_seen() -> None:
    with pytest.raises(ExperimentError, match=r"^'': was 5, expected the name of a setting$") as refusal:
        Experiment().change(**{"": 5})
    assert refusal.value.field == "''"


def test_the_largest_network_is_accepted_and_trains() -> None:
    trainer = Trainer(Experiment(hidden=[77] * 32, activation="relu", initialiser="he"))
    assert 180_000 < trainer.network.theta.size <= 200_000
    assert trainer.step().loss > 0


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_dataset_trains_with_every_loss_that_fits_it(dataset: str) -> None:
    for loss in DATASETS[dataset].losses:
        trainer = Trainer(Experiment(dataset=dataset, loss=loss, learning_rate=0.05))
        before = trainer.metrics().train_loss
        trainer.run(200)
        assert trainer.metrics().train_loss < before
        count = {"digits": 1797, "iris": 150}.get(dataset, 300)
        assert len(trainer.data.x_test) == pytest.approx(0.3 * count, abs=5)


def test_another_dataset_brings_a_loss_that_fits_it() -> None:
    assert Experiment().change(dataset="sine").loss == "mse"
    assert Experiment(dataset="digits", loss="softmax_cross_entropy").change(dataset="xor").loss == (
        "softmax_cross_entropy"
    )
    with pytest.raises(ExperimentError):
        Experiment(dataset="sine", loss="binary_cross_entropy")


def test_a_list_of_activations_grows_and_shrinks_with_the_layers() -> None:
    experiment = Experiment(hidden=[4, 4], activation=["tanh", "relu"])
    assert experiment.change(hidden=[4, 4, 4]).activations == ["tanh", "relu", "relu", "sigmoid"]
    assert experiment.change(hidden=[4]).activations == ["tanh", "sigmoid"]


@pytest.mark.parametrize(
    ("criterion", "kind"),
    [({"stop_loss": 0.3}, "loss"), ({"stop_epochs": 3}, "epochs"), ({"stop_patience": 1}, "patience")],
)
def test_stopping_criteria_stop_a_run_and_say_why(criterion: dict[str, Any], kind: str) -> None:
    trainer = Trainer(Experiment(learning_rate=0.5, **criterion))
    trainer.run(5000)
    assert trainer.stopped is not None
    assert trainer.stopped.kind == kind
    steps = trainer.steps
    assert trainer.run(10) == 0
    trainer.resume()
    assert trainer.run(100) == 100
    assert trainer.steps == steps + 100
