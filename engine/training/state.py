"""Everything that a run needs to go on bit for bit: settings, parameters, the optimiser's memory, batch order."""

import json
import struct
from typing import Any, NamedTuple

import numpy as np

from ..errors import ExperimentError
from ..experiment import Experiment
from ..tape import Array

MAGIC = b"NBLS"


class State(NamedTuple):
    """A run between two steps.

    theta (parameters,), memory (slots, parameters), statistics (2, units) of batch normalisation, history rows as
    in `History`.
    """

    experiment: Experiment
    dtype: str
    steps: int
    epoch: int
    theta: Array
    memory: Array
    statistics: Array
    progress: dict[str, Any]
    history: Array

    @property
    def size(self) -> int:
        """Bytes of its arrays, and of the batch order."""
        order = 8 * len(self.progress["batches"]["order"])
        return int(self.theta.nbytes + self.memory.nbytes + self.statistics.nbytes + self.history.nbytes) + order

    def to_bytes(self) -> bytes:
        """`NBLS`, the length of a JSON header (u32, little-endian), the header, then the arrays."""
        arrays = [np.ascontiguousarray(array) for array in (self.theta, self.memory, self.statistics, self.history)]
        header = {
            "experiment": self.experiment.to_dict(), "dtype": self.dtype, "steps": self.steps, "epoch": self.epoch,
            "progress": self.progress, "arrays": [[array.dtype.str, list(array.shape)] for array in arrays],
        }  # fmt: skip
        text = json.dumps(header, default=np.ndarray.tolist).encode()
        return b"".join([MAGIC, struct.pack("<I", len(text)), text, *(array.tobytes() for array in arrays)])

    @classmethod
    def from_bytes(cls, packed: bytes) -> "State":
        """The reverse; raises ExperimentError when the bytes are not such a state."""
        try:
            if packed[:4] != MAGIC:
                raise ValueError(f"starts with {packed[:4]!r}, not {MAGIC!r}")
            (length,) = struct.unpack_from("<I", packed, 4)
            header = json.loads(packed[8 : 8 + length])
            arrays, offset = [], 8 + length
            for dtype, shape in header["arrays"]:
                if dtype not in ("<f4", "<f8"):
                    raise ValueError(f"an array of {dtype!r}, not of <f4 or <f8")
                count = int(np.prod(shape))
                arrays.append(np.frombuffer(packed, dtype, count, offset).reshape(shape).copy())
                offset += count * np.dtype(dtype).itemsize
            theta, memory, statistics, history = arrays
            return cls(
                Experiment.from_dict(header["experiment"]), header["dtype"], header["steps"], header["epoch"],
                theta, memory, statistics, header["progress"], history,
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, struct.error) as error:
            raise ExperimentError("state", f"{len(packed)} bytes", f"a saved state ({error})") from error
