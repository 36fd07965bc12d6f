"""A room's run as bytes, from which another process goes on."""

import json
import struct
from typing import Any

from ..engine import State, Trainer
from .run import RoomRun


def pack(run: RoomRun) -> bytes:
    """u32 length of a JSON header, the header, then the trainer's state."""
    header = {
        "preset": run.preset, "speed": run.speed, "playing": run.playing,
        "held": run.held, "resumes": run.resumes, "run": run.run, "revision": run.revision, "marks": run.marks,
    }  # fmt: skip
    text = json.dumps(header).encode()
    return b"".join([struct.pack("<I", len(text)), text, run.trainer.state().to_bytes()])


def unpack(packed: bytes, now: float) -> RoomRun:
    """The reverse. A diverged or stopped run comes back just before it stopped, paused."""
    (length,) = struct.unpack_from("<I", packed)
    header: dict[str, Any] = json.loads(packed[4 : 4 + length])
    state = State.from_bytes(packed[4 + length :])
    run = RoomRun(state.experiment, now, header["preset"], header["speed"], header["playing"])
    run.trainer = Trainer.from_state(state)
    run.held, run.resumes = header["held"], header["resumes"]
    run.run, run.revision, run.marks = header["run"], header["revision"], header["marks"]
    run._start(now)
    run.measure(now)
    return run
