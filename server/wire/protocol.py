"""The binary frames: bytes ↔ objects. Knows no socket, no clock and no network.

A frame is a 64-byte header and a payload of little-endian tensors, each starting at a multiple of 8. The order of
the tensors follows from the layer sizes that a `run` event has announced. `docs/protocol.md` tells it to the last
byte; `static/wire/protocol.js` is the other half, and fixtures hold both to the same bytes.
"""

import math
import struct
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MAGIC = 0x314C424E  # "NBL1"
VERSION = 1
HEADER = struct.Struct("<IBBHIIIIIIfffffIHHHH")
#: Where the one field stands that differs from viewer to viewer.
SEQ_OFFSET = 16
NO_PHASE = 0xFFFF

PULSE, PARAMETERS, RESPONSE, BELIEF, HISTORY = 1, 2, 3, 4, 5
KINDS = (PULSE, PARAMETERS, RESPONSE, BELIEF, HISTORY)
RUNNING, HOLD, EXACT, AFTER = 1, 2, 4, 8


class ProtocolError(ValueError):
    """Bytes that are no frame: says what was found and what was expected."""


@dataclass(frozen=True)
class Header:
    """What every frame says of the moment it shows. Losses and accuracy may be NaN or infinite."""

    kind: int
    schema: int = 0
    run: int = 0
    number: int = 0
    step: int = 0
    epoch: int = 0
    loss: float = math.nan
    train_loss: float = math.nan
    test_loss: float = math.nan
    accuracy: float = math.nan
    learning_rate: float = 0.0
    revision: int = 0
    phase: int = NO_PHASE
    count: int = 0
    phase_ms: int = 0
    elapsed_ms: int = 0
    flags: int = 0
    seq: int = 0

    def pack(self) -> bytes:
        """64 bytes."""
        return HEADER.pack(
            MAGIC, VERSION, self.kind, self.flags, self.schema, self.run, self.seq, self.number, self.step,
            self.epoch, as_float32(self.loss), as_float32(self.train_loss), as_float32(self.test_loss),
            self.accuracy, self.learning_rate, self.revision, self.phase, self.count,
            min(self.phase_ms, 0xFFFF), min(self.elapsed_ms, 0xFFFF),
        )  # fmt: skip

    @classmethod
    def unpack(cls, frame: bytes) -> "Header":
        """The reverse; raises ProtocolError."""
        if len(frame) < HEADER.size:
            raise ProtocolError(f"a frame of {len(frame)} bytes, expected at least {HEADER.size}")
        (magic, version, kind, flags, schema, run, seq, number, step, epoch, loss, train, test, accuracy, rate,
         revision, phase, count, phase_ms, elapsed_ms) = HEADER.unpack_from(frame)  # fmt: skip
        if magic != MAGIC or version != VERSION:
            raise ProtocolError(f"magic {magic:#x} version {version}, expected {MAGIC:#x} version {VERSION}")
        if kind not in KINDS:
            raise ProtocolError(f"kind {kind}, expected one of {KINDS}")
        return cls(
            kind, schema, run, number, step, epoch, loss, train, test, accuracy, rate, revision, phase, count,
            phase_ms, elapsed_ms, flags, seq,
        )  # fmt: skip


def as_float32(value: float) -> float:
    """The value, or ±inf where float32 ends: struct refuses to round there."""
    return math.copysign(math.inf, value) if abs(value) > 3.4028235e38 else value


def padded(array: Array, dtype: str) -> bytes:
    """A tensor's bytes, filled up to a multiple of 8."""
    raw = np.ascontiguousarray(array, dtype).tobytes()
    return raw + bytes(-len(raw) % 8)


def numbered(frame: bytes, seq: int) -> bytes:
    """The frame with a viewer's own sequence number in it."""
    return b"".join([frame[:SEQ_OFFSET], struct.pack("<I", seq), frame[SEQ_OFFSET + 4 :]])


def pack_records(rows: Array) -> bytes:
    """History rows (step, loss, train, test, norms of L layers) as records of u32 and float32, of even length."""
    count, width = rows.shape
    table = np.zeros((count, width + width % 2), "<f4")
    with np.errstate(over="ignore"):
        table[:, :width] = rows
    table[:, 0] = rows[:, 0].astype("<u4").view("<f4")
    return table.tobytes()


@dataclass(frozen=True)
class Pulse:
    """The sample on show and the norms of one step. Vectors, float; a, z, delta are all layers' joined, 1..L."""

    steps_per_second: float
    shown: int
    x: Array
    target: Array
    a: Array
    z: Array
    delta: Array
    gradient_norms: Array
    delta_norms: Array
    update_ratios: Array


def encode_pulse(header: Header, pulse: Pulse, rows: Array) -> bytes:
    """A pulse frame; rows are the steps since the last pulse."""
    vectors = (
        pulse.x, pulse.target, pulse.a, pulse.z, pulse.delta,
        pulse.gradient_norms, pulse.delta_norms, pulse.update_ratios,
    )  # fmt: skip
    head = replace(header, kind=PULSE, count=len(rows)).pack()
    first = struct.pack("<fI", pulse.steps_per_second, pulse.shown)
    with np.errstate(over="ignore"):
        body = padded(np.concatenate(vectors), "<f4")
    return b"".join([head, first, body, pack_records(rows)])


def encode_parameters(header: Header, theta: list[Array], gradient: list[Array], exact: bool) -> bytes:
    """Parameters and gradients of layers 1..L: float32, or float16 with one scale a layer when not exact.

    Plain float16 would turn a vanishing gradient into zeros.
    """
    flags = header.flags | EXACT if exact else header.flags & ~EXACT
    head = replace(header, kind=PARAMETERS, flags=flags).pack()
    if exact:
        both = [np.concatenate([layer.reshape(-1) for layer in layers]) for layers in (theta, gradient)]
        return b"".join([head, padded(both[0], "<f4"), padded(both[1], "<f4")])
    scales, scaled = [], []
    for layers in (theta, gradient):
        tops = [float(np.max(np.abs(layer), initial=0.0)) for layer in layers]
        safe = [top if 0 < top < math.inf else 1.0 for top in tops]
        scales += safe
        with np.errstate(all="ignore"):
            scaled.append(np.concatenate([(x / s).reshape(-1) for x, s in zip(layers, safe, strict=True)]))
    return b"".join([head, padded(np.array(scales), "<f4"), padded(scaled[0], "<f2"), padded(scaled[1], "<f2")])


def encode_response(header: Header, centres: Array, ranges: Array, maps: Array) -> bytes:
    """Heat maps of neurons, bytes; centres and ranges one a layer."""
    head = replace(header, kind=RESPONSE).pack()
    return b"".join([head, padded(np.concatenate([centres, ranges]), "<f4"), padded(maps, "|u1")])


def encode_belief(header: Header, belief: Array) -> bytes:
    """uint8: answers over the plane; float: a curve, or values predicted; other integers: a confusion matrix, u32."""
    dtype = "|u1" if belief.dtype == np.uint8 else "<u4" if belief.dtype.kind in "iu" else "<f4"
    return replace(header, kind=BELIEF).pack() + padded(belief.reshape(-1), dtype)


def encode_history(header: Header, rows: Array) -> bytes:
    """Many records at once."""
    return replace(header, kind=HISTORY, count=len(rows)).pack() + pack_records(rows)
