"""Data of one's own: a table that was read (see `reading`) as a data set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..tape import Array
from .base import CLASSIFY_MANY, CLASSIFY_TWO, REGRESSION, Dataset, Points

#: The name by which an experiment says that it learns these.
OWN = "own"
#: How a number is kept: in six digits.
SHORT = "%.6g"


@dataclass(frozen=True)
class Column:
    """A column of numbers: its name, its lowest and its highest value."""

    name: str
    low: float
    high: float

    def scaled(self, values: Array) -> Array:
        """Its values brought to −1 … 1; to 0 where all are the same."""
        if self.low == self.high:
            return np.zeros_like(values)
        return np.asarray(2 * ((values - self.low) / (self.high - self.low)) - 1)


class Own(Dataset):
    """A table. Every column of numbers, inputs and a value to predict, is brought to −1 … 1.

    Attributes:
        text        the table as it is kept: a first row with names, commas, numbers of six digits; reads as the same
        columns     the inputs
        target      the last column's name
        predicted   the last column, where it holds numbers to predict
        exact       whether the numbers had no more digits than the text has, which then reads as the very same table
    """

    name, label = OWN, "your own data"
    help = "A table of your own: rows of numbers, and last a class or a number to predict."
    drawn = False

    def __init__(self, names: Sequence[str], numbers: Array, last: Array | Sequence[str]) -> None:
        """numbers (samples, inputs); last (samples,), values as an array, or else names of classes."""
        self.columns = tuple(column(name, values) for name, values in zip(names, numbers.T, strict=False))
        self.target, self.n_inputs = names[-1], len(self.columns)
        self.predicted: Column | None = None
        if isinstance(last, np.ndarray):
            self.task, self.classes, self.losses = "regression", (), REGRESSION
            self.predicted = column(self.target, last)
            self._y, written = self.predicted.scaled(last), [fraction(value) for value in last.tolist()]
        else:
            self.classes, written = in_order(last), list(last)
            self.losses = CLASSIFY_TWO if len(self.classes) == 2 else CLASSIFY_MANY
            self._y = np.array([self.classes.index(value) for value in last], np.int64)
        scaled = [one.scaled(values) for one, values in zip(self.columns, numbers.T, strict=True)]
        self._x = np.stack(scaled, axis=1)
        rows, form = numbers.tolist(), ",".join([SHORT] * self.n_inputs)
        texts = [form % tuple(row) for row in rows]
        lines = [f"{text},{end}" for text, end in zip(texts, written, strict=True)]
        self.text = "\n".join([",".join(names), *lines])
        self.exact = [[*map(float, text.split(","))] for text in texts] == rows
        if isinstance(last, np.ndarray):
            self.exact = self.exact and [*map(float, written)] == last.tolist()

    def make(self, rng: np.random.Generator, samples: int, noise: float, balance: float = 0.5) -> Points:
        """All rows in their order; nothing is drawn, and nothing moved."""
        return self._x.copy(), self._y.copy()


def column(name: str, values: Array) -> Column:
    """What there is to know of these values."""
    return Column(name, float(values.min()), float(values.max()))


def in_order(labels: Sequence[str]) -> tuple[str, ...]:
    """Each class once: numbers by size, words by the alphabet.

    >>> in_order(["10", "9", "10"]), in_order(["yes", "no"])
    (('9', '10'), ('no', 'yes'))
    """
    found = set(labels)
    if all(label.removeprefix("-").isdecimal() for label in found):
        return tuple(sorted(found, key=int))
    return tuple(sorted(found, key=lambda label: (label.casefold(), label)))


def fraction(number: float) -> str:
    """A number in six digits, so that it is no whole number, which would be a class.

    >>> fraction(3.0), fraction(2.5), fraction(1e9)
    ('3.0', '2.5', '1e+09')
    """
    text = SHORT % number
    return text if "." in text or "e" in text else f"{text}.0"
