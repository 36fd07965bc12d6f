"""Data sets to learn: points of a plane, curves and surfaces, handwritten digits, flowers,
and a table of one's own.

Everything that is random comes from the generator given. Adding a set is one class and one line in `catalogue`.
"""

from .base import Dataset
from .catalogue import DATASETS
from .load import Data, load, targets
from .own import OWN, Own
from .reading import read_table

__all__ = ["DATASETS", "OWN", "Data", "Dataset", "Own", "load", "read_table", "targets"]
