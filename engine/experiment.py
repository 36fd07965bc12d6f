"""The one description of a run: frozen, validated, serialisable.

Bounds, names and words live in the fields' metadata (`settings.Setting`), once: validation, the schema, the
browser's controls and the documentation are made from it.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

from .activations import ACTIVATIONS
from .datasets import DATASETS
from .features import FEATURES
from .initialisers import INITIALISERS
from .losses import LOSSES
from .optimisers import OPTIMISERS
from .settings import Choice, ExperimentError, Setting

MAX_LAYERS, MAX_UNITS, MAX_PARAMETERS = 32, 128, 200_000


def choices_of(table: Mapping[str, Any], hidden_only: bool = False) -> list[Choice]:
    """A table's rows as choices."""
    return [Choice(name, row.label, row.help) for name, row in table.items() if not hidden_only or row.hidden]


def setting(default: Any, kind: str, label: str, group: str, help: str, **more: Any) -> Any:
    """A dataclass field that carries its Setting."""
    return field(default=default, metadata={"setting": Setting(kind, label, group, help, **more)})


@dataclass(frozen=True)
class Experiment:
    """A whole run. Raises ExperimentError, which names the field, its value and what is allowed.

    >>> Experiment(hidden=[4, 4], learning_rate=0.3).layer_sizes
    [2, 4, 4, 1]
    >>> Experiment(learning_rate=99)
    Traceback (most recent call last):
        ...
    nablascope.engine.settings.ExperimentError: learning_rate: was 99, expected a number from 1e-05 to 10
    """

    dataset: str = setting(
        "circles", "choice", "Dataset", "data", "What the network shall learn.",
        choices=lambda: choices_of(DATASETS),
    )  # fmt: skip
    samples: int = setting(
        300, "integer", "Samples", "data", "How many points are drawn (of digits and irises always all are used).",
        minimum=20, maximum=2000,
    )  # fmt: skip
    noise: float = setting(
        0.1, "number", "Noise", "data", "How far points are jittered from where they belong.",
        minimum=0, maximum=1,
    )  # fmt: skip
    test_share: float = setting(
        0.3, "number", "Test share", "data", "The part that is kept for testing and never trained on.",
        minimum=0.05, maximum=0.9,
    )  # fmt: skip
    balance: float = setting(
        0.5, "number", "Balance", "data",
        "The share of the last of two classes; with more classes, its share beside any one of the others.",
        minimum=0.1, maximum=0.9,
    )  # fmt: skip
    standardise: bool = setting(
        False, "flag", "Standardise", "data",
        "Brings every input to mean 0 and standard deviation 1, as measured on the training samples.",
    )  # fmt: skip
    features: tuple[str, ...] = setting(
        ("x1", "x2"), "features", "Inputs", "data", "What the network sees of a point in the plane.",
        choices=lambda: choices_of(FEATURES),
        effect="restart",
    )  # fmt: skip
    hidden: Sequence[int] = setting(
        (8, 8), "layers", "Hidden layers", "network", "Units of each hidden layer.",
        minimum=1, maximum=MAX_UNITS, most=MAX_LAYERS, effect="restart",
    )  # fmt: skip
    activation: str | Sequence[str] = setting(
        "tanh", "activations", "Activation", "network", "What a unit makes of its weighted sum.",
        choices=lambda: choices_of(ACTIVATIONS, hidden_only=True), most=MAX_LAYERS,
    )  # fmt: skip
    output_activation: str | None = setting(
        None, "choice", "Output activation", "network", "Of the last layer; as the loss wants it if not chosen.",
        optional=True, choices=lambda: choices_of(ACTIVATIONS),
    )  # fmt: skip
    initialiser: str = setting(
        "xavier", "choice", "Initialiser", "training", "How the weights start.",
        choices=lambda: choices_of(INITIALISERS), effect="restart",
    )  # fmt: skip
    init_size: float = setting(
        0.1, "number", "Weight size", "training",
        "Standard deviation of normal, half-width of uniform, the value of constant weights.",
        minimum=0.001, maximum=5, scale="log", effect="restart",
    )  # fmt: skip
    gain: float | None = setting(
        1.0, "number", "Gain", "training",
        "What LeCun, Xavier, He and orthogonal weights are multiplied by; the activation's own gain if not chosen "
        "(He has ReLU's built in).",
        minimum=0.1, maximum=5, optional=True, effect="restart",
    )  # fmt: skip
    weights: Sequence[float] | None = setting(
        None, "numbers", "Starting weights", "training",
        "Takes the initialiser's place: layer by layer and input by input the weights to each unit, then its biases.",
        minimum=-1000, maximum=1000, most=2000, optional=True, effect="restart",
    )  # fmt: skip
    loss: str = setting(
        "binary_cross_entropy", "choice", "Loss", "training", "What training makes small.",
        choices=lambda: choices_of(LOSSES),
    )  # fmt: skip
    optimiser: str = setting(
        "sgd", "choice", "Optimiser", "training", "How the gradient moves the weights.",
        choices=lambda: choices_of(OPTIMISERS),
    )  # fmt: skip
    learning_rate: float = setting(
        0.1, "number", "Learning rate", "training", "How far one step goes against the gradient.",
        minimum=1e-5, maximum=10, scale="log",
    )  # fmt: skip
    momentum: float = setting(
        0.9, "number", "Momentum", "training", "The share of its velocity that the momentum optimiser keeps.",
        minimum=0, maximum=0.999,
    )  # fmt: skip
    batch_size: int = setting(
        32, "integer", "Batch size", "training", "Samples whose gradients are averaged for one step.",
        minimum=1, maximum=1024, scale="log",
    )  # fmt: skip
    stop_loss: float | None = setting(
        None, "number", "Stop at loss", "stopping", "Stops when an epoch's mean loss is below this.",
        minimum=0, maximum=10, optional=True,
    )  # fmt: skip
    stop_patience: int | None = setting(
        None, "integer", "Patience", "stopping", "Stops after so many epochs without a new best loss.",
        minimum=1, maximum=10_000, optional=True,
    )  # fmt: skip
    stop_epochs: int | None = setting(
        None, "integer", "Epochs", "stopping", "Stops after so many epochs.",
        minimum=1, maximum=1_000_000, optional=True,
    )  # fmt: skip
    seed: int = setting(
        1, "integer", "Seed", "training", "The same seed gives the same run, to the last bit.",
        minimum=0, maximum=2**32 - 1, effect="restart",
    )  # fmt: skip

    def __post_init__(self) -> None:
        for row in dataclasses.fields(self):
            value = row.metadata["setting"].check(row.name, getattr(self, row.name))
            object.__setattr__(self, row.name, value)
        self._check_together()

    def _check_together(self) -> None:
        """What no field can know alone."""
        if not isinstance(self.activation, str) and len(self.activation) != len(self.hidden):
            expected = f"one name, or a list of one for each of the {len(self.hidden)} hidden layers"
            raise ExperimentError("activation", list(self.activation), expected)
        fitting = DATASETS[self.dataset].losses
        if self.loss not in fitting:
            raise ExperimentError("loss", self.loss, f"for {self.dataset} one of {', '.join(fitting)}")
        if self.output_activation == "softmax" and self.loss != "softmax_cross_entropy":
            raise ExperimentError("output_activation", "softmax", "softmax_cross_entropy as the loss, or another")
        if self.parameter_count > MAX_PARAMETERS:
            raise ExperimentError(
                "hidden",
                list(self.hidden),
                f"at most {MAX_PARAMETERS:,} weights and biases; these layers have {self.parameter_count:,}",
            )
        if self.weights is not None and len(self.weights) != self.parameter_count:
            expected = f"{self.parameter_count:,} numbers, as many as these layers have weights and biases"
            raise ExperimentError("weights", f"{len(self.weights):,} numbers", expected)

    @property
    def layer_sizes(self) -> list[int]:
        """Units of every layer, input and output included."""
        dataset = DATASETS[self.dataset]
        n_in = len(self.features) if dataset.n_inputs == 2 else dataset.n_inputs
        n_out = max(1, len(dataset.classes))
        if n_out == 2 and self.loss != "softmax_cross_entropy":
            n_out = 1
        return [n_in, *self.hidden, n_out]

    @property
    def activations(self) -> list[str]:
        """One name for every layer of weights, the output's last."""
        hidden = [self.activation] * len(self.hidden) if isinstance(self.activation, str) else self.activation
        if self.output_activation is not None:
            return [*hidden, self.output_activation]
        usual = LOSSES[self.loss].fuses
        if usual is None:
            usual = "linear" if DATASETS[self.dataset].task == "regression" else LOSSES[self.loss].usual
        return [*hidden, usual]

    @property
    def parameter_count(self) -> int:
        """Weights and biases together."""
        sizes = self.layer_sizes
        return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))

    def change(self, **changes: Any) -> "Experiment":
        """A copy with other values.

        What hangs together follows, unless it is named too: another data set brings its usual loss when the old
        one does not fit; a list of activations grows by its last entry and shrinks with the layers; starting weights
        are dropped when they fit the new layers no more.
        """
        unknown = set(changes) - {row.name for row in dataclasses.fields(self)}
        if unknown:
            name = sorted(unknown)[0]
            raise ExperimentError(name, changes[name], "the name of a setting")
        dataset = changes.get("dataset")
        if isinstance(dataset, str) and dataset in DATASETS and "loss" not in changes:
            fitting = DATASETS[dataset].losses
            if self.loss not in fitting:
                changes["loss"] = fitting[0]
        if changes.get("loss", self.loss) != self.loss:
            changes.setdefault("output_activation", None)
        hidden = changes.get("hidden")
        if isinstance(self.activation, tuple) and "activation" not in changes and isinstance(hidden, list | tuple):
            names = list(self.activation) or ["tanh"]
            changes["activation"] = (names + names[-1:] * len(hidden))[: len(hidden)]
        if self.weights is not None and "weights" not in changes:
            bare = dataclasses.replace(self, **changes, weights=None)
            return bare if bare.layer_sizes != self.layer_sizes else dataclasses.replace(bare, weights=self.weights)
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain data; tuples become lists."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in dataclasses.asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Experiment":
        """The reverse of to_dict; missing keys take their defaults, unknown ones are refused."""
        if not isinstance(values, Mapping):
            raise ExperimentError("experiment", values, "an object of settings")
        return cls().change(**{str(name): value for name, value in values.items()})

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(self.to_dict(), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Experiment":
        """The reverse of to_json."""
        try:
            values = json.loads(text)
        except ValueError as error:
            raise ExperimentError("experiment", text, f"JSON ({error})") from error
        return cls.from_dict(values)

    @classmethod
    def describe(cls) -> dict[str, dict[str, Any]]:
        """Every field by its name, as plain data: label, group, kind, bounds, choices, help, default, effect."""
        plain = cls().to_dict()
        return {
            row.name: cast(Setting, row.metadata["setting"]).describe(row.name, plain[row.name])
            for row in dataclasses.fields(cls)
        }
