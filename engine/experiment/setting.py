"""What a setting is: its bounds, its words, and the check of a value. `Experiment` is made of these."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..errors import ExperimentError


@dataclass(frozen=True)
class Choice:
    """One value of a setting that is chosen by name."""

    name: str
    label: str
    help: str


@dataclass(frozen=True)
class Setting:
    """The one description of a field: validation, the schema, the controls and the docs come from it.

    Attributes:
        kind        choice (a name) · number · integer · flag (True or False) · layers (a list of integers) ·
                    activations (one name for all hidden layers, or a list of names) · features (some of the
                    names, in the table's order) · numbers (a list of numbers) · table (a text that `reads` reads)
        minimum, maximum    bounds of a number, or of each entry of `layers` or `numbers`
        most        the longest list, or text, allowed
        scale       linear or log: how a slider shall run
        optional    whether None, "not chosen", is allowed
        choices     the names to choose from
        when        other settings that this one has a meaning with: {their name: their values}, all must fit
        reads       of a table: its text as it will be kept
        effect      "live": counts from the next step on. "restart": shows at the next reset, or makes a new network
    """

    kind: str
    label: str
    group: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    most: int | None = None
    scale: str = "linear"
    optional: bool = False
    choices: Callable[[], list[Choice]] | None = None
    effect: str = "live"
    when: Callable[[], dict[str, list[str]]] | None = None
    reads: Callable[[str], str] | None = None

    def check(self, field: str, value: object) -> Any:
        """The value as it will be kept, or an ExperimentError.

        Nothing is coerced, save an int to a float where a number is wanted, and a list to a tuple.
        """
        if value is None and self.optional:
            return None
        match self.kind:
            case "choice":
                return self._chosen(field, value)
            case "number" | "integer":
                return self._number(field, value)
            case "flag":
                return self._flag(field, value)
            case "layers":
                return self._integers(field, value)
            case "features":
                return self._subset(field, value)
            case "activations":
                return self._one_or_list(field, value)
            case "numbers":
                return self._numbers(field, value)
            case "table":
                return self._table(field, value)
        raise AssertionError(f"{field}: was of kind {self.kind!r}, expected a kind that is checked")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What can be chosen."""
        return tuple(choice.name for choice in self.choices()) if self.choices else ()

    def _chosen(self, field: str, value: object) -> str:
        if not isinstance(value, str) or value not in self.names:
            raise ExperimentError(field, value, f"one of {', '.join(self.names)}")
        return value

    def _flag(self, field: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise ExperimentError(field, value, "true or false")
        return value

    def _fits(self, value: object, whole: bool) -> bool:
        """Whether a value is a number, finite and within the bounds. True and False are no numbers."""
        assert self.minimum is not None and self.maximum is not None
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            return False
        # Bounds first: they refuse NaN, and isfinite cannot take integers beyond a float's range.
        return self.minimum <= value <= self.maximum and math.isfinite(value)

    def _number(self, field: str, value: object) -> float | int:
        whole = self.kind == "integer"
        if not self._fits(value, whole):
            kind = "a whole number" if whole else "a number"
            raise ExperimentError(field, value, f"{kind} from {self.minimum:g} to {self.maximum:.12g}")
        assert isinstance(value, int | float)
        return int(value) if whole else float(value)

    def _integers(self, field: str, value: object) -> tuple[int, ...]:
        expected = f"a list of at most {self.most} whole numbers from {self.minimum:g} to {self.maximum:g}"
        items = listed(value)
        if items is None or len(items) > (self.most or 0) or not all(self._fits(item, True) for item in items):
            raise ExperimentError(field, value, expected)
        return items

    def _numbers(self, field: str, value: object) -> tuple[float, ...]:
        expected = f"a list of at most {self.most} numbers from {self.minimum:g} to {self.maximum:g}"
        items = listed(value)
        if items is None or len(items) > (self.most or 0) or not all(self._fits(item, False) for item in items):
            raise ExperimentError(field, value, expected)
        return tuple(map(float, items))

    def _subset(self, field: str, value: object) -> tuple[str, ...]:
        items = listed(value)
        known = items is not None and all(isinstance(item, str) and item in self.names for item in items)
        if not items or not known or len(set(items)) < len(items):
            raise ExperimentError(field, value, f"a list of one or more of {', '.join(self.names)}, each once")
        return tuple(name for name in self.names if name in items)

    def _table(self, field: str, value: object) -> str:
        if not isinstance(value, str) or self.reads is None:
            raise ExperimentError(field, value, "the text of a table, as a CSV file has it")
        return self.reads(value)

    def _one_or_list(self, field: str, value: object) -> str | tuple[str, ...]:
        items = (value,) if isinstance(value, str) else listed(value)
        if items is None or not all(isinstance(item, str) and item in self.names for item in items):
            expected = f"one of {', '.join(self.names)}, or a list of one for each hidden layer"
            raise ExperimentError(field, value, expected)
        return value if isinstance(value, str) else items

    def describe(self, name: str, default: object) -> dict[str, Any]:
        """The setting as plain data for a browser or a document; an optional one's kind says so."""
        row: dict[str, Any] = {
            "name": name,
            "label": self.label,
            "group": self.group,
            "kind": f"optional_{self.kind}" if self.optional else self.kind,
            "help": self.help,
            "default": default,
            "effect": self.effect,
            "optional": self.optional,
        }
        if self.minimum is not None:
            row |= {"minimum": self.minimum, "maximum": self.maximum, "scale": self.scale}
        if self.most is not None:
            row["most"] = self.most
        if self.when is not None:
            row["when"] = self.when()
        if self.choices is not None:
            row["choices"] = [vars(choice) for choice in self.choices()]
        return row


def listed(value: object) -> tuple[Any, ...] | None:
    """A list or tuple as a tuple; None when it is something else (a str is no list of names)."""
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray) else None


def choices_of(table: Mapping[str, Any], hidden_only: bool = False) -> list[Choice]:
    """A table's rows as choices."""
    return [Choice(name, row.label, row.help) for name, row in table.items() if not hidden_only or row.hidden]


def setting(default: Any, kind: str, label: str, group: str, help: str, **more: Any) -> Any:
    """A dataclass field that carries its Setting."""
    return field(default=default, metadata={"setting": Setting(kind, label, group, help, **more)})
