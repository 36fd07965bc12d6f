"""The memory of one batch: the samples, and what each layer makes of them, in one block.

z, a, the slope σ′, the error arriving and δ are kept apart, each of all layers in one buffer, all of them in one
arena: the trace of a step is views of it, and keeping one is a single copy.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..tape import Array
from ..tape.memory import aligned, padding

#: What every step leaves behind for each layer. Some networks leave more, see `Workspace`.
QUANTITIES = ("z", "a", "slope", "error", "delta")
#: Of these, what only a backward pass writes.
BACKWARD = ("slope", "error", "delta")


class Arena:
    """Views of a flat block of memory.

    columns (width, batch) hold x, a one, the targets y and, for some losses, 1 − 2y, one sample a column; rows is the
    same, transposed. A product with x as it stands here takes half as long on small networks as with x transposed,
    and a tenth less on large ones. `blocks[name]` is (height, batch): the layers 1..L one under the other, each
    followed by one row more. That row of ones under the activations is
    the bias's input, so that z = θᵀh needs no broadcast add, and the bias's gradient no sum.
    """

    def __init__(
        self, sizes: Sequence[int], batch: int, width: int, dtype: npt.DTypeLike,
        quantities: Sequence[str] = QUANTITIES, memory: Array | None = None,
    ) -> None:  # fmt: skip
        self.sizes, self.batch, self.width, self.quantities = list(sizes), batch, width, tuple(quantities)
        starts = [0, *np.cumsum([units + 1 for units in sizes[1:]]).tolist()]
        #: Where layer l's rows are in a block: spans[l - 1].
        self.spans = list(pairwise(starts))
        height = starts[-1]
        #: The rows that are units, of all layers.
        self.units = np.delete(np.arange(height), [end - 1 for _, end in self.spans])
        # The samples, then the quantities; each begins at a cache line.
        samples, block = (padding(rows * batch, dtype) for rows in (width, height))
        size = samples + len(self.quantities) * block
        self.memory: Array = aligned((size,), dtype) if memory is None else memory
        self.columns = self.memory[: width * batch].reshape(width, batch)
        self.rows = self.columns.T
        begins = [samples + index * block for index in range(len(self.quantities))]
        #: By name, (height, batch).
        self.blocks: dict[str, Array] = {
            name: self.memory[begin : begin + height * batch].reshape(height, batch)
            for name, begin in zip(self.quantities, begins, strict=True)
        }

    def views(self, name: str) -> list[Array]:
        """One quantity as (units, batch) views, layer 1..L; index 0 is x for a and h, else empty."""
        n_in = self.sizes[0] if name in ("a", "h") else 0
        block = self.blocks[name]
        return [self.columns[:n_in], *(block[start : end - 1] for start, end in self.spans)]

    def flat(self, name: str, layers: range) -> Array:
        """One quantity of neighbouring layers, one-dimensional, with what follows each layer."""
        start, stop = self.spans[layers.start - 1][0], self.spans[layers.stop - 2][1]
        return self.blocks[name][start:stop].reshape(-1)

    def stacked(self, name: str, layers: range) -> Array:
        """The same of layers of one width, (layers, units + 1, batch)."""
        return self.flat(name, layers).reshape(len(layers), -1, self.batch)

    def targets(self) -> Array:
        """y (batch, n_out)."""
        start = self.sizes[0] + 1
        return self.rows[:, start : start + self.sizes[-1]]

    def with_memory(self, memory: Array) -> "Arena":
        """The same layout over other memory of the same size."""
        dtype = self.memory.dtype
        return Arena(self.sizes, self.batch, self.width, dtype, self.quantities, memory)
