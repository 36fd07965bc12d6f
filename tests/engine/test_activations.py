"""Every activation against its formula, from the corner at 0 to far into saturation."""

import math

import numpy as np
import pytest
from nablascope.engine.activations import ACTIVATIONS
from nablascope.engine.tape import play

ELEMENTWISE = [name for name in ACTIVATIONS if name != "softmax"]
POINTS = [-700.0, -30.0, -5.0, -1.0, -1e-3, 0.0, 1e-3, 0.5, 1.0, 5.0, 30.0, 700.0]
#: Those whose slope jumps at 0.
CORNERS = {"relu", "leaky_relu", "selu"}
LAMBDA, ALPHA = 1.0507009873554804934, 1.6732632423543772848


def sigma(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z > -700 else math.exp(z)


def gelu_slope(z: float) -> float:
    c = math.sqrt(2 / math.pi)
    s = sigma(2 * c * (z + 0.044715 * z**3)) if z > -15 else 0.0
    return s + z * s * (1 - s) * 2 * c * (1 + 3 * 0.044715 * z**2)


#: σ and σ′ as a textbook writes them, for one number.
FORMULAS = {
    "linear": (lambda z: z, lambda z: 1.0),
    "sigmoid": (sigma, lambda z: sigma(z) * sigma(-z)),
    "tanh": (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else 0.01 * z, lambda z: 1.0 if z > 0 else 0.01),
    "elu": (lambda z: z if z > 0 else math.expm1(z), lambda z: 1.0 if z > 0 else math.exp(z)),
    "selu": (
        lambda z: LAMBDA * (z if z > 0 else ALPHA * math.expm1(z)),
        lambda z: LAMBDA * (1.0 if z > 0 else ALPHA * math.exp(z)),
    ),
    "gelu": (
        lambda z: 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
        gelu_slope,
    ),
    "silu": (lambda z: z * sigma(z), lambda z: sigma(z) * (1 + z * sigma(-z))),
    "softplus": (lambda z: math.log1p(math.exp(z)) if z < 30 else z + math.log1p(math.exp(-z)), sigma),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2),
}


def computed(name: str, z: object, dtype: str = "float64") -> tuple[np.ndarray, np.ndarray]:
    """a and σ′ for a list of z, as a network computes them."""
    z = np.array(z, dtype).reshape(1, -1)
    a, slope = np.full_like(z, -77), np.full_like(z, -77)
    activation = ACTIVATIONS[name]
    with np.errstate(all="ignore"):
        play(activation.forward(z, a))
        play(activation.slope(z.reshape(-1), a.reshape(-1), slope.reshape(-1)))
    return a[0], slope[0]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_values_and_slopes_are_those_of_the_formula(name: str) -> None:
    value, derivative = FORMULAS[name]
    a, slope = computed(name, POINTS)
    assert a == pytest.approx([value(z) for z in POINTS], rel=1e-12, abs=1e-15)
    assert slope == pytest.approx([derivative(z) for z in POINTS], rel=1e-12, abs=1e-15)
    a, slope = computed(name, POINTS, "float32")
    assert a == pytest.approx([value(z) for z in POINTS], rel=1e-6, abs=1e-6)
    assert slope == pytest.approx([derivative(z) for z in POINTS], rel=1e-6, abs=3e-6)  # 1 − s is rounded


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("z", [-30.0, -3.0, -0.7, 0.0, 0.7, 3.0, 30.0])
def test_slopes_agree_with_finite_differences_even_when_saturated(name: str, z: float) -> None:
    if z == 0 and name in CORNERS:
        pytest.skip("a corner has no slope")
    step = 1e-7 if z == 0 else 1e-5  # at 0 the curvature may jump
    around, _ = computed(name, [z - step, z + step])
    _, slope = computed(name, [z])
    assert slope[0] == pytest.approx((around[1] - around[0]) / (2 * step), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", ["sigmoid", "elu", "selu", "silu", "softplus"])
def test_a_saturated_slope_keeps_its_leading_digits(name: str) -> None:
    _, slope = computed(name, [-30.0])
    assert slope[0] == pytest.approx(FORMULAS[name][1](-30.0), rel=1e-12, abs=0)
    assert 0 < abs(slope[0]) < 1e-11


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_nothing_that_is_not_a_number_becomes_one(name: str, dtype: str) -> None:
    a, slope = computed(name, [np.nan, np.inf, -np.inf], dtype)
    assert np.isnan(a[0])
    assert name == "linear" or np.isnan(slope[0])
    # An infinite z gives an infinite a, no number, or the limit that the function has there.
    limits, _ = computed(name, [1e30, -1e30], dtype)
    for value, limit in zip(a[1:], limits, strict=True):
        assert not np.isfinite(value) or value == limit


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_large_numbers_give_large_numbers_and_slopes_stay_finite(name: str) -> None:
    for dtype in ("float32", "float64"):
        a, slope = computed(name, [-1e30, 1e30], dtype)
        assert np.isfinite(a).all()
        assert np.isfinite(slope).all()
        assert (slope >= 0).all()


def test_softmax_sums_to_one_and_passes_nan_on() -> None:
    z = np.array([[1000.0, np.nan], [0.0, 1.0], [-1000.0, 2.0]])
    a = np.empty_like(z)
    play(ACTIVATIONS["softmax"].forward(z, a))
    assert a[:, 0].tolist() == [1.0, 0.0, 0.0]
    assert np.isnan(a[:, 1]).all()


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_steepest_slope_is_the_one_stated(name: str) -> None:
    _, slope = computed(name, np.linspace(-40, 40, 800_001))
    assert slope.max() == pytest.approx(ACTIVATIONS[name].steepest, rel=1e-6)


#: torch.nn.init.calculate_gain.
PUBLISHED_GAINS = {
    "linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "leaky_relu": math.sqrt(2 / 1.0001),
    "selu": 0.75,
}  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_gains_are_the_published_ones_or_keep_the_mean_square(name: str) -> None:
    z = np.linspace(-12, 12, 240_001)
    a, _ = computed(name, z)
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    keeps = 1 / math.sqrt(np.sum(a * a * density) * (z[1] - z[0]))
    assert ACTIVATIONS[name].gain == pytest.approx(PUBLISHED_GAINS.get(name, keeps), rel=1e-9)


def test_a_tape_reads_z_anew_and_gives_the_same_when_played_again() -> None:
    z = np.random.default_rng(0).normal(size=(3, 40))
    for name in ELEMENTWISE:
        a, slope = np.empty_like(z), np.empty_like(z)
        flat = z.reshape(-1), a.reshape(-1), slope.reshape(-1)
        tape = [*ACTIVATIONS[name].forward(z, a), *ACTIVATIONS[name].slope(*flat)]
        play(tape)
        first = a.copy(), slope.copy()
        kept = z.copy()
        z += 1
        play(tape)
        z[...] = kept
        play(tape)
        assert np.array_equal(first[0], a) and np.array_equal(first[1], slope), name


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_relu_s_slope_is_exact_from_the_smallest_number_to_infinity(dtype: str) -> None:
    smallest = np.finfo(dtype).smallest_subnormal
    z = [-math.inf, -smallest, 0.0, smallest, 0.5, 1.0, 2.0, np.finfo(dtype).max, math.inf, math.nan]
    _, slope = computed("relu", z, dtype)
    assert np.array_equal(slope, [0, 0, 0, 1, 1, 1, 1, 1, 1, math.nan], equal_nan=True)
