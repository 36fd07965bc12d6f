"""From a slider that moves to the first frame of a step that was computed with it."""

import struct
import time
from collections.abc import Callable

from nablascope.server.wire.protocol import PULSE
from watcher import BINARY, KIND, Watcher

#: Where a frame has its step and its learning rate.
STEP, RATE = 24, 48


class Slider(Watcher):
    """A viewer that drives a run, and times what its slider does."""

    def __init__(
        self, hello: dict[str, object], on_event: Callable[[dict[str, object]], None] = lambda _: None
    ) -> None:
        super().__init__(hello, on_event)
        self.rate, self.step = 0.3, 0
        self.changed_at: float | None = None
        #: Milliseconds.
        self.latencies: list[float] = []

    def change_rate(self) -> None:
        """Move the slider, unless the last move has not shown yet."""
        if self.changed_at is None:
            self.rate = round(0.1 + (self.rate + 0.0137) % 0.3, 4)
            self.changed_at = time.perf_counter()
            self.send({"type": "set", "changes": {"learning_rate": self.rate}})

    def _take(self, opcode: int, at: int, end: int, now: float) -> None:
        super()._take(opcode, at, end, now)
        if opcode != BINARY or self.buffer[at + KIND] != PULSE:
            return
        (step,) = struct.unpack_from("<I", self.buffer, at + STEP)
        (rate,) = struct.unpack_from("<f", self.buffer, at + RATE)
        if self.changed_at is not None and abs(rate - self.rate) < 1e-6 and step > self.step:
            self.latencies.append(1000 * (now - self.changed_at))
            self.changed_at = None
        self.step = step
