"""Who learns: the fields of an experiment that concern its network, and how that starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..activations import ACTIVATIONS
from ..initialisers import INITIALISERS
from ..normalisations import NORMALISATIONS
from .setting import choices_of, setting

MAX_LAYERS, MAX_UNITS, MAX_PARAMETERS = 32, 128, 200_000


@dataclass(frozen=True)
class NetworkSettings:
    """Layers, what each does, and the weights that they start with."""

    hidden: Sequence[int] = setting(
        (8, 8), "layers", "Hidden layers", "network", "Units of each hidden layer.",
        minimum=1, maximum=MAX_UNITS, most=MAX_LAYERS, effect="restart",
    )  # fmt: skip
    activation: str | Sequence[str] = setting(
        "tanh", "activations", "Activation", "training", "What a unit makes of its weighted sum.",
        choices=lambda: choices_of(ACTIVATIONS, hidden_only=True), most=MAX_LAYERS,
    )  # fmt: skip
    output_activation: str | None = setting(
        None, "choice", "Output activation", "network", "Of the last layer; as the loss wants it if not chosen.",
        optional=True, choices=lambda: choices_of(ACTIVATIONS),
    )  # fmt: skip
    normalisation: str = setting(
        "none", "choice", "Normalisation", "network", "Brings the weighted sums of hidden layers to a common size.",
        choices=lambda: choices_of(NORMALISATIONS), effect="restart",
    )  # fmt: skip
    residual: bool = setting(
        False, "flag", "Residual connections", "network",
        "Adds a layer's input to its output where both are equally wide: the error has a way around every layer.",
    )  # fmt: skip
    initialiser: str = setting(
        "xavier", "choice", "Initialiser", "training", "How the weights start.",
        choices=lambda: choices_of(INITIALISERS), effect="restart",
    )  # fmt: skip
    init_size: float = setting(
        0.1, "number", "Weight size", "start",
        "Standard deviation of normal, half-width of uniform, the value of constant weights.",
        minimum=0.001, maximum=5, scale="log", effect="restart",
        when=lambda: {"initialiser": [name for name, row in INITIALISERS.items() if row.sized]},
    )  # fmt: skip
    gain: float | None = setting(
        1.0, "number", "Gain", "start",
        "What LeCun, Xavier, He and orthogonal weights are multiplied by; the activation's own gain if not chosen "
        "(He has ReLU's built in).",
        minimum=0.1, maximum=5, optional=True, effect="restart",
        when=lambda: {"initialiser": [name for name, row in INITIALISERS.items() if row.scaled]},
    )  # fmt: skip
    weights: Sequence[float] | None = setting(
        None, "numbers", "Starting weights", "start",
        "Takes the initialiser's place: layer by layer and input by input the weights to each unit, then its biases.",
        minimum=-1000, maximum=1000, most=2000, optional=True, effect="restart",
    )  # fmt: skip
    seed: int = setting(
        1, "integer", "Seed", "start", "The same seed gives the same run, to the last bit.",
        minimum=0, maximum=2**32 - 1, effect="restart",
    )  # fmt: skip
