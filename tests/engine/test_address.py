"""An experiment survives the round trip through an address; what cannot be read is refused with its field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nablascope.engine import PRESETS, Experiment, ExperimentError, from_address, to_address


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_comes_back(name: str) -> None:
    experiment = PRESETS[name].experiment
    assert from_address(to_address(experiment)) == experiment


@given(
    st.lists(st.integers(1, 128), max_size=5),
    st.floats(1e-5, 10),
    st.one_of(st.none(), st.floats(0.1, 5)),
    st.sampled_from(["circles", "moons", "digits", "iris"]),
    st.booleans(),
    st.data(),
)
def test_any_settings_come_back(
    hidden: list[int], rate: float, gain: float | None, dataset: str, flag: bool, data: st.DataObject
) -> None:
    names = data.draw(st.lists(st.sampled_from(["relu", "tanh", "gelu"]), min_size=len(hidden), max_size=len(hidden)))
    experiment = Experiment(
        dataset=dataset, hidden=hidden, activation=names, learning_rate=rate, gain=gain, residual=flag,
        standardise=flag, features=["x2"] if flag else ["x1", "sin_x2"], stop_epochs=7 if flag else None,
    )  # fmt: skip
    assert from_address(to_address(experiment)) == experiment


def test_weights_come_back_to_the_last_bit() -> None:
    experiment = Experiment(hidden=[1], weights=[0.1, -1 / 3, 1e-17, 0.25, 2.0])
    assert from_address(to_address(experiment)) == experiment


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("learning_rate=fast", "learning_rate"), ("learning_rate=99", "learning_rate"), ("hidden=4,x", "hidden"),
        ("hidden=1_0", "hidden"), ("nonsense=1", "nonsense"), ("seed=1&seed=2", "seed"), ("dataset", "address"),
        ("residual=1", "residual"), ("features=", "features"), ("batch_size=1.5", "batch_size"),
        ("learning_rate=nan", "learning_rate"), ("activation=relu,relu,relu", "activation"), ("seed= 7", "seed"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_field(text: str, field: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        from_address(text)
    assert refused.value.field == field


@given(st.text(max_size=200))
def test_any_text_is_an_experiment_or_an_error(text: str) -> None:
    try:
        assert isinstance(from_address(text), Experiment)
    except ExperimentError as error:
        assert error.expected
