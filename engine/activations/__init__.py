"""Activation functions σ and their slopes σ′, as prepared calls (see `tape`).

Adding one is one class and one line in `ACTIVATIONS`.

Imports the tape. Pure: formulas.
"""

from .base import Activation
from .rectifiers import ELU, GELU, SELU, LeakyReLU, ReLU, SiLU, Softplus
from .squashing import Linear, Sigmoid, Softmax, Softsign, Tanh

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Linear(), Sigmoid(), Tanh(), ReLU(), LeakyReLU(), ELU(), SELU(), GELU(), SiLU(), Softplus(), Softsign(),
        Softmax(),
    )
}  # fmt: skip

__all__ = [
    "ACTIVATIONS", "ELU", "GELU", "SELU", "Activation", "LeakyReLU", "Linear", "ReLU", "SiLU", "Sigmoid", "Softmax",
    "Softplus", "Softsign", "Tanh",
]  # fmt: skip
