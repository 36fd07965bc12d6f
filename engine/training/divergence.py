"""Where the numbers stopped being numbers: the first non-finite quantity in the order of computation."""

import numpy as np

from ..step.network import Network
from ..step.workspace import Workspace
from .stopping import Stop


def find_divergence(network: Network, workspace: Workspace, step: int, learning_rate: float) -> Stop:
    """The Stop for a step whose loss or gradient is not finite.

    Looks at weights, then z and a forward, the loss, then δ and gradients backward.
    """
    layers = range(1, len(network.sizes))
    for layer in layers:
        if not np.isfinite(network.thetas[layer]).all():
            return _stop(step, layer, "weights", f"the weights of layer {layer} overflowed", learning_rate)
    for layer in layers:
        if not np.isfinite(workspace.z[layer]).all():
            return _stop(step, layer, "z", f"the weighted sums z of layer {layer} overflowed", learning_rate)
        if not np.isfinite(workspace.a[layer]).all():
            return _stop(step, layer, "a", f"the activations of layer {layer} overflowed", learning_rate)
    if not np.isfinite(workspace.loss):
        return _stop(step, None, "loss", f"the loss became {float(workspace.loss)}", learning_rate)
    for layer in reversed(layers):
        if not np.isfinite(workspace.delta[layer]).all():
            return _stop(step, layer, "delta", f"the errors δ of layer {layer} overflowed", learning_rate)
        if not np.isfinite(network.gradients[layer]).all():
            return _stop(step, layer, "gradient", f"the gradient of layer {layer} overflowed", learning_rate)
    return _stop(step, None, "gradient norm", "the norm of a gradient overflowed", learning_rate)


def _stop(step: int, layer: int | None, quantity: str, what: str, learning_rate: float) -> Stop:
    sentence = f"Step {step}: {what}. η = {learning_rate:g} was too large."
    return Stop("diverged", step, sentence, layer, quantity)
