"""What theory expects of signals and errors on their way through a network with random weights."""

import numpy as np

from ..activations import ACTIVATIONS
from ..step.network import Network
from ..tape import Array, play

#: The normal distribution between −8 and 8 standard deviations; no point falls on the corner of a rectifier.
POINTS = np.linspace(-8, 8, 2000)
DENSITY = np.exp(-(POINTS**2) / 2) / np.sqrt(2 * np.pi)


def mean_squares(activation: str, deviation: float) -> tuple[float, float]:
    """E[σ(z)²] and E[σ′(z)²] for z ~ N(0, deviation²), by numeric integration.

    >>> [round(square, 3) for square in mean_squares("relu", 2.0)]
    [2.0, 0.5]
    """
    z = deviation * POINTS
    a, slope = np.empty_like(z), np.empty_like(z)
    row = ACTIVATIONS[activation]
    with np.errstate(all="ignore"):
        play(row.forward(z, a))
        play(row.slope(z, a, slope))
    width = POINTS[1] - POINTS[0]
    return float((a**2 * DENSITY).sum() * width), float((slope**2 * DENSITY).sum() * width)


def predicted_factors(network: Network, x: Array) -> tuple[float | None, ...]:
    """‖δ^l‖ / ‖δ^(l+1)‖ for l = 1..L−1, as expected of weights that are random but as large as this network's.

    x (samples, n_in) is what goes in. Where neither what comes in nor what goes on depends on a weight,

        Var[z^l] = n_(l−1) E[(W^l)²] E[(a^(l−1))²] + E[(b^l)²]
        Var[δ^l] = n_(l+1) E[(W^(l+1))²] E[σ′(z^l)²] Var[δ^(l+1)]

    (Glorot and Bengio 2010, equations 5 and 6; He et al. 2015, sections 2.2 and 2.3), and as ‖δ^l‖² is n_l Var[δ^l]
    for each sample, the factor is √(n_l E[(W^(l+1))²] E[σ′(z^l)²]). Dropout divides both by 1 − its share. None where
    a layer is normalised or passed by: this theory does not speak of them.
    """
    signal, found = float(np.mean(x.astype(np.float64) ** 2)), []
    for layer in range(1, len(network.sizes) - 1):
        n_in, n_out = network.sizes[layer - 1], network.sizes[layer]
        weight, bias = network.weights[layer].astype(np.float64), network.biases[layer].astype(np.float64)
        variance = n_in * float(np.mean(weight**2)) * signal + float(np.mean(bias**2))
        signal, slope = mean_squares(network.activations[layer - 1], variance**0.5)
        kept = 1 - network.dropout
        after = float(np.mean(network.weights[layer + 1].astype(np.float64) ** 2))
        factor = (n_out * after * slope / kept) ** 0.5
        plain = not network.normalised(layer) and not network.residual
        found.append(factor if plain and np.isfinite(factor) else None)
        signal /= kept
    return tuple(found)
