"""Published results that the engine must reproduce.

Adding one is one file, one line here, and its numbers in `data/golden.json`.

Imports what a network is made of, and the diagnostics. Not pure: it reads the published numbers from the package's
own files, once.
"""

from . import chance, gradients, mazur, micrograd, nielsen, spiral
from .base import Claim, Entry, Row

GOLDEN: dict[str, Entry] = {
    module.ENTRY.name: module.ENTRY for module in (mazur, spiral, nielsen, gradients, chance, micrograd)
}

__all__ = ["GOLDEN", "Claim", "Entry", "Row"]
