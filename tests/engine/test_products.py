"""Matrix products that are cut into parts: the same numbers, whatever the shape, on every kind of machine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nablascope.engine import Network
from nablascope.engine.step.products import SMALL, TOGETHER, gradient_product, parts, product
from nablascope.engine.tape import Array, Tape, play

CUTS, FEWEST = "nablascope.engine.step.products.CUTS", "nablascope.engine.step.products.FEWEST"
#: (rows, inner, columns): at the limit, above it, with a last part that is short, with too few rows in a part.
SHAPES = [(100, 100, 100), (101, 100, 100), (129, 64, 128), (65, 128, 128), (512, 40, 300), (30, 400, 400)]


def random(*shape: int) -> Array:
    return np.random.default_rng(sum(shape)).normal(size=shape)


@pytest.fixture(params=[(True, 12), (True, 48), (False, 12)], autouse=True)
def _machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two whose library has kernels for small products, and one that has none."""
    cuts, fewest = request.param
    monkeypatch.setattr(CUTS, cuts)
    monkeypatch.setattr(FEWEST, fewest)


def written(tape: Tape, out: Array) -> Array:
    out.fill(np.nan)
    play(tape)
    return out


@pytest.mark.parametrize("shape", SHAPES)
def test_a_product_as_it_stands_and_of_a_transposed_view(shape: tuple[int, int, int]) -> None:
    rows, inner, columns = shape
    a, turned, b, out = random(rows, inner), random(inner, rows), random(inner, columns), np.empty((rows, columns))
    assert written(product(a, b, out), out) == pytest.approx(a @ b, abs=1e-11)
    assert written(product(turned.T, b, out), out) == pytest.approx(turned.T @ b, abs=1e-11)
    sliced = random(inner, rows + 3)[:, :rows]
    assert written(product(sliced.T, b, out), out) == pytest.approx(sliced.T @ b, abs=1e-11)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_gradient(shape: tuple[int, int, int]) -> None:
    n, batch, units = shape
    h, delta, out = random(n, batch), random(units, batch), np.empty((n, units))
    assert written(gradient_product(h, delta, out), out) == pytest.approx(h @ delta.T, abs=1e-11)


@given(st.integers(1, 3000), st.integers(1, 400_000), st.booleans(), st.sampled_from([12, 48]))
def test_parts_are_all_rows_once_and_never_too_large_or_too_many(
    rows: int, each: int, cuts: bool, fewest: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CUTS, cuts)
        patch.setattr(FEWEST, fewest)
        cut = parts(rows, each)
    assert [row for part in cut for row in range(rows)[part]] == list(range(rows))
    if len(cut) > 1:
        assert cuts and all((part.stop - part.start) * each <= SMALL for part in cut)
        assert all((part.stop - part.start) % TOGETHER == 0 for part in cut[:-1])
        assert len(cut) <= rows / (fewest - TOGETHER) + 1


def test_a_wide_network_on_a_large_batch_learns_as_the_textbook_has_it() -> None:
    rng = np.random.default_rng(3)
    network = Network([40, 96, 64, 5], ["tanh", "relu", "softmax"], "softmax_cross_entropy", rng, "float64")
    x, y = rng.normal(size=(256, 40)), rng.integers(0, 5, 256)
    theta = network.parameters
    weights, biases = ([theta[f"layer{layer}.{kind}"] for layer in (1, 2, 3)] for kind in ("weight", "bias"))
    first = np.tanh(x @ weights[0] + biases[0])
    second = np.maximum(first @ weights[1] + biases[1], 0)
    powers = np.exp(second @ weights[2] + biases[2])
    shares = powers / powers.sum(axis=1, keepdims=True)
    error = (shares - np.eye(5)[y]) / 256
    expected = {"layer3.weight": second.T @ error, "layer3.bias": error.sum(axis=0)}
    error = error @ weights[2].T * (second > 0)
    expected |= {"layer2.weight": first.T @ error, "layer2.bias": error.sum(axis=0)}
    error = error @ weights[1].T * (1 - first**2)
    expected |= {"layer1.weight": x.T @ error, "layer1.bias": error.sum(axis=0)}
    loss, gradients = network.loss_and_gradients(x, y)
    assert loss == pytest.approx(-np.log(shares[range(256), y]).mean(), rel=1e-12)
    for name, value in expected.items():
        assert gradients[name] == pytest.approx(value, abs=1e-13), name
