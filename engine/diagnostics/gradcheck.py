"""Is the backward pass right? Central differences on every parameter (Karpathy, CS231n, "Gradient checks")."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..network import Network
from ..tape import Array


@dataclass(frozen=True)
class GradientCheck:
    """How far analytic and numeric gradients are apart.

    relative_error   of the tensor that disagrees most, ‖analytic − numeric‖ / max(‖analytic‖, ‖numeric‖)
    parameter, index   the worst single number of that tensor; analytic and numeric are its two gradients
    by_parameter     the relative error of every tensor
    """

    relative_error: float
    parameter: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    by_parameter: dict[str, float]


def gradient_check(network: Network, x: npt.ArrayLike, y: npt.ArrayLike, step: float = 1e-6) -> GradientCheck:
    """Compare ∂L/∂θ with (L(θ + h) − L(θ − h)) / 2h for each parameter; h = `step`. Meant for float64.

    Rounding makes the numeric gradient uncertain by about 2·10⁻¹⁶ |L| / h a number: a tensor whose gradients are
    below ten times that has error 0. Two forward passes a parameter: small networks only. The network is left as it
    was.

    >>> network = Network([2, 3, 1], ["tanh", "sigmoid"], "mse", np.random.default_rng(0), "float64")
    >>> check = gradient_check(network, [[0.5, -1.0]], [[1.0]])
    >>> check.relative_error < 1e-6
    True
    """
    loss, gradients = network.loss_and_gradients(x, y)
    noise = 10 * np.finfo(network.dtype).eps * max(1.0, abs(loss)) / step
    errors, numerics = {}, {}
    for name, parameter in network.parameters.items():
        numeric = numerics[name] = np.empty_like(parameter)
        for index in np.ndindex(parameter.shape):
            numeric[index] = numeric_gradient(network, x, y, parameter, index, step)
        larger = max(np.linalg.norm(gradients[name]), np.linalg.norm(numeric))
        apart = np.linalg.norm(gradients[name] - numeric)
        errors[name] = float(apart / larger) if larger > noise * parameter.size**0.5 else 0.0
    worst = max(errors, key=lambda name: errors[name])
    flat = int(np.abs(gradients[worst] - numerics[worst]).argmax())
    index = tuple(int(place) for place in np.unravel_index(flat, numerics[worst].shape))
    return GradientCheck(
        errors[worst], worst, index, float(gradients[worst][index]), float(numerics[worst][index]), errors
    )


def numeric_gradient(
    network: Network, x: npt.ArrayLike, y: npt.ArrayLike, parameter: Array, index: tuple[int, ...], step: float
) -> float:
    """The central difference of the loss for one number of a parameter, which is put back."""
    kept = parameter[index]
    parameter[index] = kept + step
    above, _ = network.loss_and_gradients(x, y)
    parameter[index] = kept - step
    below, _ = network.loss_and_gradients(x, y)
    parameter[index] = kept
    return (above - below) / (2 * step)
