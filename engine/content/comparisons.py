"""Runs worth seeing side by side: the same seed, samples and batches, one thing different. Adding one is one row."""

from dataclasses import dataclass

from ..experiment import Experiment
from .presets import PRESETS


@dataclass(frozen=True)
class Comparison:
    """A name, what one sees in a sentence, and two to four experiments."""

    name: str
    sentence: str
    experiments: tuple[Experiment, ...]


_SIGMOID = PRESETS["Vanishing gradient"].experiment
_RATES = PRESETS["First look"].experiment
_PLAIN = PRESETS["Residual off"].experiment
_SHALLOW = Experiment(
    dataset="circles",
    hidden=[8] * 2,
    activation="sigmoid",
    initialiser="xavier",
    learning_rate=0.5,
    batch_size=32,
    seed=1,
)

COMPARISONS: dict[str, Comparison] = {
    comparison.name: comparison
    for comparison in (
        Comparison(
            "Sigmoid against ReLU",
            "Five layers: with the sigmoid hardly any gradient reaches the first one, with ReLU every layer learns.",
            (_SIGMOID, _SIGMOID.change(activation="relu")),
        ),
        Comparison(
            "Three learning rates",
            "A tenth of the rate crawls, the middle one fits, twenty times as much never settles.",
            tuple(_RATES.change(learning_rate=rate) for rate in (0.03, 0.3, 6.0)),
        ),
        Comparison(
            "Depth 2, 5, 10",
            "The deeper a sigmoid network, the less of the gradient arrives at its first layer.",
            tuple(_SHALLOW.change(hidden=[8] * depth) for depth in (2, 5, 10)),
        ),
        Comparison(
            "With and without residual connections",
            "Twenty layers cannot untangle two spirals, unless there is a way around each.",
            (_PLAIN.change(residual=True), _PLAIN),
        ),
    )
}
