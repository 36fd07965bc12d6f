"""Is the backward pass right? Central differences on every parameter (Karpathy, CS231n, "Gradient checks")."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..network import Network


@dataclass(frozen=True)
class GradientCheck:
    """The largest disagreement found, relative to the larger of the two norms, and the parameter that has it."""

    relative_error: float
    parameter: str
    by_parameter: dict[str, float]


def check_gradients(network: Network, x: npt.ArrayLike, y: npt.ArrayLike, step: float = 1e-6) -> GradientCheck:
    """Compare ∂L/∂θ with (L(θ + h) − L(θ − h)) / 2h for each weight and bias; h = `step`. Meant for float64.

    The error of a tensor is ‖analytic − numeric‖ / max(‖analytic‖, ‖numeric‖), and 0 where both vanish. Two forward
    passes a parameter: small networks only. The network is left as it was.

    >>> network = Network([2, 3, 1], ["tanh", "sigmoid"], "mse", np.random.default_rng(0), "float64")
    >>> check_gradients(network, [[0.5, -1.0]], [[1.0]]).relative_error < 1e-6
    True
    """
    _, gradients = network.loss_and_gradients(x, y)
    errors = {}
    for name, parameter in network.parameters.items():
        numeric = np.empty_like(parameter)
        for index in np.ndindex(parameter.shape):
            kept = parameter[index]
            parameter[index] = kept + step
            above, _ = network.loss_and_gradients(x, y)
            parameter[index] = kept - step
            below, _ = network.loss_and_gradients(x, y)
            parameter[index] = kept
            numeric[index] = (above - below) / (2 * step)
        analytic = gradients[name]
        larger = max(np.linalg.norm(analytic), np.linalg.norm(numeric))
        errors[name] = float(np.linalg.norm(analytic - numeric) / larger) if larger > 1e-12 else 0.0
    worst = max(errors, key=lambda name: errors[name])
    return GradientCheck(errors[worst], worst, errors)
