"""Instruments tell the truth and alter nothing."""

import numpy as np
import pytest
from nablascope.engine import DATASETS, LOSSES, Experiment, Network, Trainer, report
from nablascope.engine.diagnostics import belief, diagnose, gradcheck, gradient_check, neuron_responses, responses
from nablascope.engine.diagnostics.responses import grid
from nablascope.engine.diagnostics.words import times
from nablascope.engine.initialisers import Orthogonal


def test_the_gradient_check_finds_the_parameter_with_a_wrong_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network([2, 3, 1], ["tanh", "sigmoid"], "mse", np.random.default_rng(0), "float64")
    x, y = np.array([[0.3, -0.7], [0.1, 0.9]]), np.array([[1.0], [0.0]])
    assert gradient_check(network, x, y).relative_error < 1e-6
    honest = Network.loss_and_gradients

    def faulty(self: Network, x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
        loss, gradients = honest(self, x, y)
        gradients["layer1.bias"][1] *= 1.001
        return loss, gradients

    monkeypatch.setattr(Network, "loss_and_gradients", faulty)
    report = gradient_check(network, x, y)
    assert (report.parameter, report.index) == ("layer1.bias", (1,))
    assert report.analytic == pytest.approx(1.001 * report.numeric, rel=1e-5)
    assert report.relative_error > 1e-4


def test_the_gradient_check_of_a_large_network_comes_in_parts_and_finds_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = Trainer(Experiment(hidden=[6, 5], normalisation="batch", dropout=0.2), "float64")
    trainer.begin()
    trace = trainer.trace
    assert trace is not None
    network, x, y = trainer.network, trace.x, trace.y
    kept, found = network.gradient.tobytes(), []
    for portion in (gradcheck.PORTION, 1):
        monkeypatch.setattr(gradcheck, "PORTION", portion)
        work, pauses = gradcheck.gradient_check_with_pauses(network, x, y), 0
        while True:
            try:
                next(work)
            except StopIteration as end:
                found.append((pauses > 0, end.value))
                break
            pauses += 1
        assert network.gradient.tobytes() == kept
    assert found[0][1] == found[1][1] and [paused for paused, _ in found] == [False, True]


def test_a_twin_is_the_same_network_and_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(Experiment(hidden=[6, 5], initialiser="orthogonal", normalisation="batch", dropout=0.2))
    trainer.run(5)
    silencing = trainer.network.rng.bit_generator.state
    monkeypatch.setattr(Orthogonal, "draw", lambda *_: pytest.fail("drawn"))
    twin = trainer.twin()
    assert (twin.theta == trainer.network.theta).all() and (twin.statistics == trainer.network.statistics).all()
    trainer.set(l2=0.01)
    assert trainer.network.rng.bit_generator.state == silencing


def test_heat_maps_are_the_networks_own_answers() -> None:
    trainer = Trainer(Experiment(hidden=[5, 20], activation=["tanh", "relu"]), "float64")
    trainer.run(50)
    responses = neuron_responses(trainer.network, trainer.data, cells=4, at_most=16)
    assert len(responses.maps) == (5 + 16 + 1) * 16
    low, high = trainer.data.bounds
    middles = low + (np.arange(4) + 0.5) * (high - low) / 4
    point = np.array([[middles[3], middles[2]]])  # row 1 from the top, last column
    weight, bias = (trainer.network.parameters[f"layer1.{part}"] for part in ("weight", "bias"))
    a = np.tanh(point @ weight + bias)[0]
    maps = responses.maps[: 5 * 16].reshape(5, 4, 4)
    assert np.array_equal(maps[:, 1, 3], np.rint(128 + 127 * a).astype(np.uint8))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", [None, "linear"])
def test_belief_over_a_plane_is_the_probability_of_class_1(loss: str, output: str | None) -> None:
    trainer = Trainer(Experiment(dataset="gaussians", loss=loss, output_activation=output, learning_rate=0.2))
    trainer.run(300)
    picture = belief(trainer.network, trainer.data, 48)
    assert picture.shape == (48, 48)
    assert picture[4, 43] > 200 > 60 > picture[43, 4]  # class 1 is at the top right
    assert picture.min() >= 1
    trainer.network.theta[...] = np.nan
    assert (belief(trainer.network, trainer.data) == 0).all()


@pytest.mark.parametrize("loss", DATASETS["concentric"].losses)
def test_belief_of_many_classes_is_the_answer_and_how_sure_it_is(loss: str) -> None:
    trainer = Trainer(Experiment(dataset="rings", loss=loss, hidden=[12], learning_rate=0.5), "float64")
    trainer.run(300)
    picture = belief(trainer.network, trainer.data, 48)
    assert picture.shape == (48, 48)
    points = grid(trainer.data, 48)
    answer, sure = np.divmod(picture.reshape(-1).astype(int) - 1, 255 // 3)
    outputs = trainer.network.forward(trainer.data.inputs(points))
    assert np.array_equal(answer, outputs.argmax(axis=1))
    assert sure.max() <= 84
    if loss == "softmax_cross_entropy":
        assert sure == pytest.approx(84 * (3 * outputs.max(axis=1) - 1) / 2, abs=0.501)
    trainer.network.theta[-1] = np.nan
    assert (belief(trainer.network, trainer.data) == 0).all()


def test_belief_of_a_surface_is_its_height_over_the_range_of_targets() -> None:
    trainer = Trainer(Experiment(dataset="plane", loss="mse", hidden=[], noise=0, learning_rate=0.5), "float64")
    trainer.run(400)
    picture = belief(trainer.network, trainer.data, 48)
    heights = trainer.network.forward(grid(trainer.data, 48))[:, 0].reshape(48, 48)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, np.rint(128 + 127 * np.clip(heights, -1, 1)))
    assert picture[0, 47] == 255  # at (1.2, 1.2) the plane is above what targets reach
    assert picture[47, 0] == 1
    trainer.network.theta[...] = np.nan
    assert (belief(trainer.network, trainer.data) == 0).all()


def test_what_is_no_finite_number_is_no_answer_and_no_colour() -> None:
    trainer = Trainer(Experiment(dataset="plane", loss="mse", hidden=[2], activation="linear"), "float64")
    trainer.network.parameters["layer1.bias"][0] = np.nan
    maps = neuron_responses(trainer.network, trainer.data, cells=4).maps.reshape(3, 16)
    assert (maps[[0, 2]] == 0).all() and (maps[1] > 0).all()
    line = Trainer(Experiment(dataset="sine", loss="mse", hidden=[2], activation="linear"), "float64")
    line.network.theta[...] = np.inf
    assert not np.isfinite(belief(line.network, line.data)).any()


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "mse"])
def test_samples_without_a_finite_answer_are_counted_for_no_class(loss: str) -> None:
    trainer = Trainer(Experiment(dataset="digits", loss=loss))
    trainer.run(20)
    trainer.network.theta[...] = np.nan
    counts, tests = belief(trainer.network, trainer.data), len(trainer.data.x_test)
    assert counts.shape == (10, 11) and counts[:, :-1].sum() == 0 and counts[:, -1].sum() == tests
    assert trainer.metrics().test_accuracy == 0
    found = report(trainer.network, trainer.data)
    assert (found.accuracy, found.samples) == (0, tests)
    assert found.confusion is not None and found.confusion.shape == (10, 10) and found.confusion.sum() == 0
    assert found.recall is not None and (found.recall == 0).all()


def test_standardised_inputs_are_seen_by_heat_maps_and_belief_too() -> None:
    trainer = Trainer(Experiment(dataset="gaussians", hidden=[3], standardise=True, balance=0.8), "float64")
    trainer.run(100)
    data = trainer.data
    points = (grid(data, 10) - data.x_train.mean(axis=0)) / data.x_train.std(axis=0)
    weight, bias = (trainer.network.parameters[f"layer1.{part}"] for part in ("weight", "bias"))
    expected = np.rint(128 + 127 * np.tanh(points @ weight + bias)).astype(np.uint8).T
    assert np.array_equal(neuron_responses(trainer.network, data, 10).maps[:300].reshape(3, 100), expected)
    expected = trainer.network.forward(points)[:, 0]
    assert belief(trainer.network, data, 10).reshape(-1) == pytest.approx(1 + 254 * expected, abs=0.501)


def test_belief_of_digits_counts_every_test_sample_once() -> None:
    trainer = Trainer(Experiment(dataset="digits", loss="softmax_cross_entropy"))
    trainer.run(300)
    counts = belief(trainer.network, trainer.data)
    assert counts[:, -1].sum() == 0
    assert counts.sum() == len(trainer.data.x_test)
    assert np.trace(counts) / counts.sum() == pytest.approx(trainer.metrics().test_accuracy)


def test_looking_changes_no_bit_of_the_run() -> None:
    one, two = (Trainer(Experiment(batch_size=100, samples=143)) for _ in range(2))
    for _ in range(60):
        one.step()
        two.begin()
        neuron_responses(two.network, two.data)  # 100 points: as many as the batch has samples
        belief(two.network, two.data)
        two.metrics()
        two.network.forward(two.data.x_train)
        two.network.loss_and_gradients(two.data.x_train, two.data.y_train)
        diagnose(two)
        two.finish()
    assert np.array_equal(one.network.theta, two.network.theta)


def test_dead_relu_units_and_a_network_of_zeros_are_named() -> None:
    trainer = Trainer(Experiment(hidden=[4, 4], activation="relu", initialiser="he"))
    trainer.network.biases[2][...] = -100
    trainer.step()
    assert (diagnose(trainer).kind, diagnose(trainer).layer) == ("dead", 2)
    assert diagnose(Trainer(Experiment())).kind == "starting"


def test_divergence_is_explained_with_step_and_learning_rate() -> None:
    trainer = Trainer(Experiment(dataset="sine", loss="mse", activation="relu", initialiser="he", learning_rate=10))
    trainer.run(500)
    diagnosis = diagnose(trainer)
    assert diagnosis.kind == "diverged"
    assert "η = 10 was too large" in diagnosis.sentence


@pytest.mark.parametrize(("ratio", "said"), [(2.71, "2.7×"), (273, "270×"), (6249, "6,200×"), (3.1e8, "3·10⁸×")])
def test_factors_have_two_digits(ratio: float, said: str) -> None:
    assert times(ratio) == said


@pytest.mark.parametrize("hidden", [[8, 8], [128] * 4])
def test_a_large_network_is_asked_in_portions_for_the_same_answers(hidden: list[int]) -> None:
    trainer = Trainer(Experiment(hidden=hidden))
    x = trainer.data.inputs(responses.grid(trainer.data, 48))
    assert len(x) % responses.PORTION == 0 and (sum(trainer.network.sizes) >= responses.LARGE) == (hidden[0] > 8)
    for points in (x, x[:1000]):
        np.testing.assert_allclose(
            responses.outputs(trainer.network, points).T, trainer.network.forward(points), 1e-5
        )
