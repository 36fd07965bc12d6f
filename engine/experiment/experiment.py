"""The one description of a run: frozen, validated, serialisable.

Its fields are in `data`, `network` and `training`, each with its bounds, names and words (`setting.Setting`), once:
validation, the schema, the browser's controls and the documentation are made from it.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from ..datasets import DATASETS, OWN, Dataset, read_table
from ..errors import ExperimentError
from ..losses import LOSSES
from .data import DataSettings
from .network import MAX_PARAMETERS, NetworkSettings
from .setting import Setting
from .training import TrainingSettings


@dataclass(frozen=True)
class Experiment(TrainingSettings, NetworkSettings, DataSettings):
    """A whole run. Raises ExperimentError, which names the field, its value and what is allowed.

    >>> Experiment(hidden=[4, 4], learning_rate=0.3).layer_sizes
    [2, 4, 4, 1]
    >>> Experiment(learning_rate=99)
    Traceback (most recent call last):
        ...
    nablascope.engine.errors.ExperimentError: learning_rate: was 99, expected a number from 1e-05 to 10
    """

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
        if (self.dataset == OWN) != (self.own_data is not None):
            raise ExperimentError("own_data", self.own_data, f"a table if the dataset is {OWN!r}, and else none")
        fitting = self.source.losses
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
    def source(self) -> Dataset:
        """What is learned: a data set, or the table of one's own."""
        return DATASETS[self.dataset] if self.own_data is None else read_table(self.own_data)

    @property
    def layer_sizes(self) -> list[int]:
        """Units of every layer, input and output included."""
        dataset = self.source
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
            usual = "linear" if self.source.task == "regression" else LOSSES[self.loss].usual
        return [*hidden, usual]

    @property
    def parameter_count(self) -> int:
        """Weights and biases together."""
        sizes = self.layer_sizes
        dense = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
        return dense + (2 * sum(self.hidden) if self.normalisation != "none" else 0)

    def change(self, **changes: Any) -> "Experiment":
        """A copy with other values.

        What hangs together follows, unless it is named too: another data set brings its usual loss when the old
        one does not fit; a table of one's own becomes the data set; a list of activations grows by its last entry and
        shrinks with the layers; starting weights are dropped when they fit the new layers no more.
        """
        unknown = set(changes) - {row.name for row in dataclasses.fields(self)}
        if unknown:
            name = sorted(unknown)[0]
            raise ExperimentError(name, changes[name], "the name of a setting")
        self._follow_data(changes)
        if changes.get("loss", self.loss) != self.loss:
            changes.setdefault("output_activation", None)
        hidden = changes.get("hidden")
        if isinstance(self.activation, tuple) and "activation" not in changes and isinstance(hidden, list | tuple):
            names = list(self.activation) or ["tanh"]
            changes["activation"] = (names + names[-1:] * len(hidden))[: len(hidden)]
        if self.weights is not None and "weights" not in changes:
            bare = dataclasses.replace(self, **changes, weights=None)
            fits = bare.layer_sizes == self.layer_sizes and bare.normalisation == self.normalisation
            return dataclasses.replace(bare, weights=self.weights) if fits else bare
        return dataclasses.replace(self, **changes)

    def _follow_data(self, changes: dict[str, Any]) -> None:
        """A table that is given is learned, and goes when another data set is; either brings a loss that fits."""
        table, dataset = changes.get("own_data"), changes.get("dataset")
        source: Dataset | None = None
        if isinstance(table, str):
            changes.setdefault("dataset", OWN)
            source = read_table(table)
        elif isinstance(dataset, str) and dataset in DATASETS:
            changes.setdefault("own_data", None)
            source = DATASETS[dataset]
        if source is not None and "loss" not in changes and self.loss not in source.losses:
            changes["loss"] = source.losses[0]

    def to_dict(self) -> dict[str, Any]:
        """Plain data; tuples become lists."""
        values = {row.name: getattr(self, row.name) for row in dataclasses.fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

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
    def setting(cls, name: str) -> Setting:
        """What there is to know of a field."""
        return cast(Setting, cls.__dataclass_fields__[name].metadata["setting"])

    @classmethod
    def describe(cls) -> dict[str, dict[str, Any]]:
        """Every field by its name, as plain data: label, group, kind, bounds, choices, help, default, effect."""
        return {name: cls.setting(name).describe(name, default) for name, default in cls().to_dict().items()}
