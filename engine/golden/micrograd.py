"""The expression of micrograd's README, and its derivatives by a complex step."""

import numpy as np

from .base import Entry, printed
from .published import PUBLISHED

MICROGRAD = PUBLISHED["micrograd_readme"]
A, B = float(MICROGRAD["a"]), float(MICROGRAD["b"])
#: So small that its square is 0 beside anything: the imaginary part is the derivative, to the last bit.
STEP = 1e-100


def relu(z: complex) -> complex:
    """By the real part: the imaginary one is only a direction."""
    return z if z.real > 0 else 0 * z


def g(a: complex, b: complex) -> complex:
    """Line by line as in the README."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    return f / 2 + 10 / f


def measure(rng: np.random.Generator) -> list[float]:
    """∂g/∂a = Im g(a + ih) / h, with h far below rounding (Squire and Trapp 1998)."""
    return [g(A, B).real, g(A + 1j * STEP, B).imag / STEP, g(A, B + 1j * STEP).imag / STEP]


ENTRY = Entry(
    "micrograd_readme",
    "The chain rule on a tangle of numbers",
    "micrograd is a hundred lines that differentiate any expression of single numbers. Its README shows one: two "
    "numbers a = −4 and b = 2 go through sums, products, powers and ReLUs to g. This one does not test our "
    "backward pass, which differentiates layers and not single numbers. It is here for whoever wants to check the "
    "chain rule by hand; we take the derivatives by a different road, a step of 10⁻¹⁰⁰ in the imaginary "
    "direction, and arrive at the same place.",
    (
        printed("g", MICROGRAD["g"]),
        printed("∂g/∂a", MICROGRAD["dg_da"]),
        printed("∂g/∂b", MICROGRAD["dg_db"]),
    ),
    measure,
)
