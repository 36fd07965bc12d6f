"""Experiments worth starting from. Adding one is one row."""

from dataclasses import dataclass

from .experiment import Experiment


@dataclass(frozen=True)
class Preset:
    """A name, what one sees in a sentence, the experiment, and the speed slider's position that shows it best."""

    name: str
    sentence: str
    experiment: Experiment
    speed: int = 1


_DEEP = Experiment(
    dataset="circles",
    hidden=[6] * 5,
    activation="sigmoid",
    initialiser="xavier",
    learning_rate=0.3,
    batch_size=32,
    seed=5,
)

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "First look",
            "A small network learns to tell the inside of a ring from the ring.",
            Experiment(dataset="circles", hidden=[6, 6, 4], activation="tanh", learning_rate=0.3, batch_size=32),
        ),
        Preset(
            "XOR",
            "Four neurons solve what no single layer can.",
            Experiment(dataset="xor", hidden=[4], activation="tanh", learning_rate=0.5, batch_size=16),
        ),
        Preset(
            "Vanishing gradient",
            "Five sigmoid layers: hardly any error reaches the first one.",
            _DEEP,
            speed=3,
        ),
        Preset(
            "Cured: ReLU + He",
            "The same depth with ReLU and He initialisation: every layer learns.",
            _DEEP.change(activation="relu", initialiser="he", learning_rate=0.1),
            speed=3,
        ),
        Preset(
            "Exploding gradient",
            "Large random weights: the error grows from layer to layer on its way back.",
            Experiment(
                dataset="circles",
                hidden=[32] * 8,
                activation="tanh",
                initialiser="normal",
                init_size=1.0,
                learning_rate=0.003,
                batch_size=32,
                seed=3,
            ),
        ),
        Preset(
            "Digits",
            "Handwritten digits, 64 pixels each, ten classes.",
            Experiment(
                dataset="digits",
                hidden=[32, 16],
                activation="relu",
                initialiser="he",
                loss="softmax_cross_entropy",
                learning_rate=0.1,
                batch_size=64,
                noise=0,
            ),
            speed=3,
        ),
        Preset(
            "Sine",
            "Regression: a curve is bent until it fits the points.",
            Experiment(
                dataset="sine",
                hidden=[12, 12],
                activation="tanh",
                loss="mse",
                learning_rate=0.1,
                batch_size=16,
            ),
            speed=3,
        ),
    )
}
