"""Experiments worth starting from. Adding one is one row."""

from dataclasses import dataclass

from ..experiment import Experiment


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

#: He et al. 2015, figure 3: of thirty layers the ones started by Xavier stand still, the ones started by He learn.
_THIRTY = Experiment(
    dataset="circles",
    hidden=[32] * 30,
    activation="relu",
    initialiser="xavier",
    learning_rate=0.03,
    batch_size=32,
)

#: Glorot and Bengio 2010, figure 7: weights from ±1/√n, as was the custom, and from ±√(6 / (n_in + n_out)).
_TANH = Experiment(
    dataset="digits",
    hidden=[64] * 5,
    activation="tanh",
    initialiser="lecun_uniform",
    gain=3**-0.5,
    loss="softmax_cross_entropy",
    learning_rate=0.03,
    batch_size=10,
    noise=0,
)

_TWENTY = Experiment(
    dataset="spirals",
    hidden=[12] * 20,
    activation="tanh",
    learning_rate=0.03,
    batch_size=32,
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
        Preset(
            "Zero initialisation",
            "All weights start at 0: every unit of a layer is a copy of the others, and stays one.",
            Experiment(dataset="circles", hidden=[6, 6], initialiser="zeros", learning_rate=0.3),
        ),
        Preset(
            "30 ReLU layers, Xavier",
            "Each layer halves the mean square of signal and error: after thirty nothing is left to learn from.",
            _THIRTY,
            speed=3,
        ),
        Preset(
            "30 ReLU layers, He",
            "The same thirty layers with weights √2 times as large: signals and errors keep their size.",
            _THIRTY.change(initialiser="he"),
            speed=3,
        ),
        Preset(
            "Nielsen: four hidden layers",
            "Sigmoid layers read digits: each one's gradient is about four times smaller than that of the next.",
            Experiment(
                dataset="digits",
                hidden=[30] * 4,
                activation="sigmoid",
                initialiser="lecun",
                loss="binary_cross_entropy",
                learning_rate=1.0,
                batch_size=10,
                noise=0,
            ),
            speed=3,
        ),
        Preset(
            "tanh, standard initialisation",
            "Five tanh layers as they used to be started: the error fades on its way back.",
            _TANH,
            speed=3,
        ),
        Preset(
            "tanh, normalised initialisation",
            "The same layers as Glorot and Bengio start them: the error keeps its size, and they learn at once.",
            _TANH.change(initialiser="xavier_uniform", gain=1.0),
            speed=3,
        ),
        Preset(
            "Residual off",
            "Twenty layers in a row cannot untangle two spirals.",
            _TWENTY,
            speed=4,
        ),
        Preset(
            "Residual on",
            "The same twenty layers, each with a way around it: now they can.",
            _TWENTY.change(residual=True),
            speed=4,
        ),
    )
}
