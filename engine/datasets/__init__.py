"""Data sets to learn: points of a plane, curves and surfaces, handwritten digits, flowers.

Everything that is random comes from the generator given. Adding a set is one class and one line in `catalogue`.
"""

from .base import Dataset
from .catalogue import DATASETS
from .load import Data, load, targets

__all__ = ["DATASETS", "Data", "Dataset", "load", "targets"]
