"""How often each kind of frame goes out: as often as is useful, within a budget of bytes and of time."""

import time
from collections.abc import Callable

from ..wire.protocol import BELIEF, PARAMETERS, PULSE, RESPONSE

#: Most frames a second, and bytes a second for each viewer. Together under 100 KB/s: school Wi-Fi binds first.
MOST = {0: 5.0, PULSE: 26.0, PARAMETERS: 5.0, RESPONSE: 5.0, BELIEF: 5.0}
BUDGET = {0: 1.0, PULSE: 70_000.0, PARAMETERS: 15_000.0, RESPONSE: 7_500.0, BELIEF: 4_000.0}
SLOWEST = 2.0  # seconds between two of a kind, however large
#: Making frames of a kind may take one part in so many of a process's time, shared by all its rooms; kind 0 stands
#: for measuring on all samples. Pulses are not asked what they cost.
COST_SHARE = 20.0


class Rates:
    """Remembers when each kind has its next turn."""

    def __init__(self, now: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self._next = dict.fromkeys(MOST, now)

    def due(self, kind: int, now: float) -> bool:
        """Whether it is this kind's turn."""
        return now >= self._next[kind]

    @property
    def next_pulse(self) -> float:
        """When the next pulse is due."""
        return self._next[PULSE]

    def sent(self, kind: int, now: float, size: int, seconds: float, sharers: int) -> None:
        """A frame of this size was made in so many seconds, in a process that so many rooms share."""
        if kind not in self._next:
            return
        wait = max(1 / MOST[kind], size / BUDGET[kind], COST_SHARE * sharers * seconds if kind != PULSE else 0.0)
        wait = min(wait, SLOWEST)
        # From the planned turn rather than from now, so that the average rate holds when turns come a little late.
        self._next[kind] = min(max(self._next[kind] + wait, now + wait / 4), now + wait)
