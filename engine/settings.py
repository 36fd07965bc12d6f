"""What a setting is: its bounds, its words, and the check of a value. The fields of `Experiment` are made of these."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class ExperimentError(ValueError):
    """A setting was refused; says which field, what it was and what was expected."""

    def __init__(self, field: str, was: object, expected: str) -> None:
        self.field, self.was, self.expected = field, was, expected
        shown = repr(was)
        super().__init__(f"{field}: was {shown if len(shown) < 80 else shown[:77] + '…'}, expected {expected}")


@dataclass(frozen=True)
class Choice:
    """One value of a setting that is chosen by name."""

    name: str
    label: str
    help: str


@dataclass(frozen=True)
class Setting:
    """The one description of a field: validation, the schema, the controls and the docs come from it.

    kind is one of choice, number, integer, layers, activations, features. effect is "live" when a change keeps
    the network's shapes, "restart" when it shows at the next reset (or makes a new network).
    """

    kind: str
    label: str
    group: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    scale: str = "linear"
    optional: bool = False
    choices: Callable[[], list[Choice]] | None = None
    effect: str = "live"

    def check(self, field: str, value: object) -> Any:
        """The value as it will be kept, or an ExperimentError. Nothing is coerced but int to float."""
        if value is None and self.optional:
            return None
        match self.kind:
            case "choice":
                return self._chosen(field, value)
            case "number" | "integer":
                return self._number(field, value)
        return value

    def _chosen(self, field: str, value: object) -> str:
        names = [choice.name for choice in self.choices()] if self.choices else []
        if not isinstance(value, str) or value not in names:
            raise ExperimentError(field, value, f"one of {', '.join(names)}")
        return value

    def _number(self, field: str, value: object) -> float | int:
        whole = self.kind == "integer"
        assert self.minimum is not None and self.maximum is not None
        expected = f"a {'whole ' if whole else ''}number from {self.minimum:g} to {self.maximum:.12g}"
        allowed: tuple[type, ...] = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, allowed):
            raise ExperimentError(field, value, expected)
        assert isinstance(value, int | float)
        if not self.minimum <= value <= self.maximum or not math.isfinite(value):
            raise ExperimentError(field, value, expected)
        return int(value) if whole else float(value)

    def describe(self, name: str, default: object) -> dict[str, Any]:
        """The setting as plain data for a browser or a document."""
        row: dict[str, Any] = {
            "name": name,
            "label": self.label,
            "group": self.group,
            "kind": self.kind,
            "help": self.help,
            "default": default,
            "effect": self.effect,
            "optional": self.optional,
        }
        if self.minimum is not None:
            row |= {"minimum": self.minimum, "maximum": self.maximum, "scale": self.scale}
        if self.choices is not None:
            row["choices"] = [vars(choice) for choice in self.choices()]
        return row
