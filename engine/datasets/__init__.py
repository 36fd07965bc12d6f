"""Data sets to learn: points of a plane, curves and surfaces, handwritten digits, flowers, and a table of your own.

Everything that is random comes from the generator given. Adding a set is one class and one line in `catalogue`.

Imports the tape, the features and the data. Not pure: it reads the shipped tables from the package's own files, once.
"""

from .base import Dataset
from .catalogue import DATASETS
from .load import Data, load, targets
from .own import OWN, Own
from .reading import read_table, read_with_pauses

__all__ = ["DATASETS", "OWN", "Data", "Dataset", "Own", "load", "read_table", "read_with_pauses", "targets"]
