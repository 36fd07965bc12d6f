"""A room's run as bytes, from which another process goes on."""

import json
import struct
from typing import Any

from ...engine import State, Stop, Trainer
from . import rewind
from .run import TrainingRun
from .wave import Wave, phase_seconds


def pack(run: TrainingRun) -> bytes:
    """u32 length of a JSON header, the header, the trainer's state, and that of the tip where there is one."""
    wave, trainer, tip = run.wave, run.trainer, run.tip
    state = trainer.state().to_bytes()
    header = {
        "preset": run.preset, "speed": run.speed, "playing": run.playing, "single": run.single,
        "held": run.held, "resumes": run.resumes, "run": run.run, "revision": run.revision, "marks": run.marks,
        "pending": trainer.pending, "phase": wave.phase if wave is not None and trainer.pending else None,
        "stopped": None if trainer.stopped is None else trainer.stopped.to_dict(), "goal": run.burst.goal,
        "tip": None if tip is None else len(state),
    }  # fmt: skip
    text = json.dumps(header).encode()
    return b"".join([struct.pack("<I", len(text)), text, state, b"" if tip is None else tip.to_bytes()])


def unpack(packed: bytes, now: float) -> TrainingRun:
    """The reverse. A half made step is made again, as far as it was; what had stopped or diverged, has."""
    (length,) = struct.unpack_from("<I", packed)
    header: dict[str, Any] = json.loads(packed[4 : 4 + length])
    state = State.from_bytes(packed[4 + length :])
    run = TrainingRun(state.experiment, now, header["preset"], header["speed"], header["playing"])
    run.trainer = Trainer.from_state(state)
    run.held, run.resumes = header["held"], header["resumes"]
    run.run, run.revision, run.marks = header["run"], header["revision"], header["marks"]
    run._start(now)
    _moment(run, header, now)
    run.burst.goal = header.get("goal")
    if header.get("tip") is not None:
        run.tip = rewind.unpacked(packed[4 + length + header["tip"] :], run.marks)
    if not run.trainer.stopped_by_divergence:
        run.measure(now)
    return run


def _moment(run: TrainingRun, header: dict[str, Any], now: float) -> None:
    """How far its step had come, and whether it had ended by itself."""
    trainer, stopped = run.trainer, header.get("stopped")
    if header.get("pending") or (stopped is not None and stopped["kind"] == "diverged"):
        trainer.begin()
    if stopped is not None:  # with settings that were changed since, it need not diverge again
        trainer.end(Stop(**stopped))
    run.single = header.get("single", False)
    phase = header.get("phase")
    if trainer.pending and phase is not None:
        seconds = phase_seconds(run.speed, run.layers)
        run.wave = Wave(run.layers, phase, now, seconds, run.playing or run.single)
