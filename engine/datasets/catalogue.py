"""The table of all data sets."""

from .base import Dataset
from .classes import Concentric, Rings
from .planes import Checkerboard, Circles, Gaussians, Moons, Spirals, Xor
from .regression import Hills, Plane, Sine
from .tables import Digits, Iris

DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Circles(), Xor(), Moons(), Spirals(), Gaussians(), Checkerboard(), Rings(), Concentric(), Sine(), Plane(),
        Hills(), Digits(), Iris(),
    )
}  # fmt: skip
