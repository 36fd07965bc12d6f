"""Data that were measured, not drawn: all samples of a table, its licence beside it in `data`."""

import gzip
import io
from functools import cache
from importlib import resources
from typing import ClassVar

import numpy as np

from .. import data
from ..tape import Array
from .base import CLASSIFY_MANY, Dataset, Points, earlier


class Table(Dataset):
    """A file of bytes (samples, n_inputs + 1), the class number last; `unit` is what the bytes are divided by."""

    drawn = False
    file: ClassVar[str]
    unit: ClassVar[float]
    losses = CLASSIFY_MANY

    def make(self, rng: np.random.Generator, samples: int, noise: float, balance: float = 0.5) -> Points:
        """All of them, in the archive's order; for a balance other than ½ the first of each class that are needed."""
        table = stored(self.file)
        labels = table[:, -1].astype(np.int64)
        kept = self._kept(labels, balance)
        x, labels = table[kept, :-1] / self.unit, labels[kept]
        return self.jittered(x, rng.normal(0, 0.5, x.shape) * noise), labels

    def jittered(self, x: Array, by: Array) -> Array:
        """Values with their noise."""
        return np.asarray(x + by)

    def _kept(self, labels: Array, balance: float) -> Array:
        """Which samples are used: samples of the last class are left out, or some of all the others."""
        wanted = np.full(len(self.classes), min(1.0, (1 - balance) / balance))
        wanted[-1] = min(1.0, balance / (1 - balance))
        counts = np.bincount(labels, minlength=len(self.classes))
        return np.asarray(earlier(labels) < np.rint(wanted * counts)[labels])


class Digits(Table):
    """1,797 handwritten digits of 8 × 8 pixels, 0 (paper) to 1 (ink): UCI, E. Alpaydin and C. Kaynak 1998.

    The pixels' own grid of 0..16, scaled; CC BY 4.0, the licence text stands beside the data.
    """

    name, label = "digits", "digits 8×8"
    help = "1,797 handwritten digits of 8 × 8 pixels; ten classes."
    n_inputs, image = 64, True
    classes = tuple("0123456789")
    file, unit = "digits.npy.gz", 16

    def jittered(self, x: Array, by: Array) -> Array:
        """Pixels stay within 0..1."""
        return np.asarray(np.clip(x + by, 0, 1))


class Iris(Table):
    """150 irises of three kinds: length and width of sepal and petal in cm (R. A. Fisher 1936; UCI, CC BY 4.0)."""

    name, label = "iris", "irises"
    help = "150 flowers of three kinds, told apart by four lengths in cm; standardised inputs help."
    n_inputs = 4
    classes = ("setosa", "versicolor", "virginica")
    file, unit = "iris.npy.gz", 10


@cache
def stored(file: str) -> Array:
    """A table of bytes from the package's data."""
    packed = (resources.files(data) / file).read_bytes()
    table: Array = np.load(io.BytesIO(gzip.decompress(packed)), allow_pickle=False)
    return table
