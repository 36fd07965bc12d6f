"""Nielsen's chapter 5: in deep sigmoid networks the first layers learn slowest, before any training."""

from itertools import pairwise

import numpy as np

from ..datasets import DATASETS, targets
from ..step.network import Network
from ..tape import Array
from .base import Claim, Entry, at_least, between
from .published import PUBLISHED

NIELSEN = PUBLISHED["nielsen_2015_chapter_5"]
#: Norms of the book, layer by layer, of each of its networks.
DEPTHS = [NIELSEN[name] for name in ("two_hidden", "three_hidden", "four_hidden")]
WIDTH, CLASSES = 30, 10
#: Images, as many as in the book; networks whose median is taken.
IMAGES, NETWORKS = 1000, 20


def norms(hidden: int, x: Array, y: Array, rng: np.random.Generator) -> list[float]:
    """‖mean ∂C/∂b‖ of each hidden layer of a fresh network.

    Our cross-entropy is a mean over the outputs, the book's a sum.
    """
    sizes = [x.shape[1], *[WIDTH] * hidden, CLASSES]
    network = Network(sizes, ["sigmoid"] * (hidden + 1), "binary_cross_entropy", rng, "float64", "lecun")
    for bias in network.biases[1:]:
        bias[...] = rng.normal(size=bias.shape)
    _, gradients = network.loss_and_gradients(x, y)
    return [CLASSES * float(np.linalg.norm(gradients[f"layer{layer}.bias"])) for layer in range(1, hidden + 1)]


def measure(rng: np.random.Generator) -> list[float]:
    """Medians over networks: of each layer's norm, then of how many times larger the next layer's is."""
    x, labels = DATASETS["digits"].make(rng, IMAGES, 0.0)
    x, y = x[:IMAGES], targets(labels[:IMAGES], CLASSES)
    numbers: list[float] = []
    for published in DEPTHS:
        table = np.array([norms(len(published), x, y, rng) for _ in range(NETWORKS)])
        numbers += np.median(table, axis=0).tolist()
        numbers += np.median(table[:, 1:] / table[:, :-1], axis=0).tolist()
    return numbers


def claims() -> list[Claim]:
    """In the order of `measure`."""
    made = []
    for published in DEPTHS:
        name = f"{len(published)} hidden layers"
        for layer, norm in enumerate(published, 1):
            made.append(between(f"{name}: norm of layer {layer}", norm, [norm / 2, 2 * norm], 5))
        for layer, (lower, higher) in enumerate(pairwise(published), 1):
            times, factor = round(higher / lower, 1), NIELSEN["factor_at_least"]
            made.append(at_least(f"{name}: layer {layer + 1} over layer {layer}", times, factor, 2))
    return made


ENTRY = Entry(
    "nielsen_2015_chapter_5",
    "The gradient vanishes before training begins",
    "The book measures how fast each hidden layer of a deep sigmoid network would learn at the start: the length "
    "of the mean gradient of its biases over 1,000 images. Each layer further from the output is several times "
    "slower. The book's images (28 × 28) do not ship with Nablascope and its random numbers were not published, "
    "so we take 1,000 of the 8 × 8 digits and the median of 20 networks, drawn as in the book, and ask for the "
    "shape: every layer at least 2 times slower than the next, and norms within a factor of 2 of the book's.",
    tuple(claims()),
    measure,
)
