"""Mazur's worked example: one sample, one step, every number printed."""

import numpy as np

from ..diagnostics.responses import passed_forward
from ..step.network import Network
from ..tape import Array
from .base import Claim, Entry, printed
from .published import PUBLISHED, decimals, floats

MAZUR = PUBLISHED["mazur_2015_step_by_step"]
X, TARGET = np.array([floats(MAZUR["x"])]), np.array([floats(MAZUR["target"])])
RATE = float(MAZUR["learning_rate"])
PRINTED, SIMULTANEOUS = MAZUR["loss_after_one_step_as_printed"], MAZUR["loss_after_one_simultaneous_step"]
#: How far two orders of summation may be apart in float64.
ROUNDING = 1e-14


def example(rng: np.random.Generator) -> Network:
    """The network of the post; w1 w2 are the weights into h1, so they are a column of W."""
    weights = np.array(floats(MAZUR["w1_to_w8"])).reshape(2, 2, 2)
    biases = floats([MAZUR["b1"], MAZUR["b2"]])
    start = [np.vstack([into.T, [bias, bias]]).ravel() for into, bias in zip(weights, biases, strict=True)]
    return Network(
        [2, 2, 2], ["sigmoid", "sigmoid"], "half_sse", rng, "float64", start=np.concatenate(start).tolist()
    )


def weights_of(network: Network) -> list[float]:
    """w1 to w8."""
    return [float(w) for weight in network.weights[1:] for w in weight.T.ravel()]


def step(network: Network, gradients: dict[str, Array]) -> None:
    """w ← w − η ∂L/∂w; the post leaves biases alone."""
    for layer in (1, 2):
        network.weights[layer][...] -= RATE * gradients[f"layer{layer}.weight"]


def loss_of_the_post(rng: np.random.Generator) -> float:
    """The loss after a step whose hidden deltas saw output weights that had already been updated.

    δ² is the engine's, the gradient of the output biases; W² has moved before it carries δ² back.
    """
    network = example(rng)
    _, gradients = network.loss_and_gradients(X, TARGET)
    h = passed_forward(network, X).a[1][:, 0]
    moved = network.weights[2] - RATE * gradients["layer2.weight"]
    gradients["layer1.weight"][...] = np.outer(X[0], moved @ gradients["layer2.bias"] * h * (1 - h))
    step(network, gradients)
    loss, _ = network.loss_and_gradients(X, TARGET)
    return loss


def measure(rng: np.random.Generator) -> list[float]:
    """Forward, backward, one step, forward again."""
    network = example(rng)
    loss, gradients = network.loss_and_gradients(X, TARGET)
    seen = passed_forward(network, X)
    numbers = [float(a) for layer in (1, 2) for a in seen.a[layer][:, 0]]
    numbers += [loss, gradients["layer2.weight"][0, 0], gradients["layer1.weight"][0, 0]]
    step(network, gradients)
    after, _ = network.loss_and_gradients(X, TARGET)
    return [*numbers, *weights_of(network), after, loss_of_the_post(rng)]


def claims() -> list[Claim]:
    """In the order of `measure`."""
    value = float(SIMULTANEOUS)
    return [
        *(printed(f"Output of h{unit}", number) for unit, number in enumerate(MAZUR["out_h"], 1)),
        *(printed(f"Output of o{unit}", number) for unit, number in enumerate(MAZUR["out_o"], 1)),
        printed("Loss", MAZUR["loss"]),
        printed("∂L/∂w5", MAZUR["dloss_dw5"]),
        printed("∂L/∂w1", MAZUR["dloss_dw1"]),
        *(printed(f"w{index} after one step", w) for index, w in enumerate(MAZUR["w1_to_w8_after_one_step"], 1)),
        Claim(
            "Loss after the step, all weights at once (not in the post; worked out in 50 digits)",
            str(SIMULTANEOUS), value - ROUNDING, value + ROUNDING, "± 10⁻¹⁴", decimals(SIMULTANEOUS),
        ),
        printed("Loss after the step, output weights first", PRINTED),
    ]  # fmt: skip


ENTRY = Entry(
    "mazur_2015_step_by_step",
    "One step, worked out by hand",
    "Two inputs, two hidden sigmoid units, two outputs, one sample: the post carries it forward, the error back, "
    f"and takes one step with η = {RATE}, every number printed. We give the engine the same weights and compare "
    f"digit by digit. One number of the post is a lesson in itself: its loss after the step, {PRINTED}, comes out "
    "only if the output weights are changed first and the hidden layer's errors are then computed through the new "
    "ones. Gradient descent changes all weights at once, by gradients of the same moment, and gets "
    f"{SIMULTANEOUS:.9f}. Both are below.",
    tuple(claims()),
    measure,
)
