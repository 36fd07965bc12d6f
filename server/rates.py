"""How often each kind of frame goes out: as often as is useful, within a budget of bytes and of time."""

import time
from collections.abc import Callable

from .protocol import BELIEF, PARAMETERS, PULSE, RESPONSE

#: Most frames a second, and bytes a second for each viewer. Together under 100 KB/s: school Wi-Fi binds first.
MOST = {0: 5.0, PULSE: 25.0, PARAMETERS: 5.0, RESPONSE: 5.0, BELIEF: 5.0}
BUDGET = {0: 1.0, PULSE: 50_000.0, PARAMETERS: 28_000.0, RESPONSE: 10_000.0, BELIEF: 8_000.0}
SLOWEST = 2.0  # seconds between two of a kind, however large
#: Making frames may take one part in so many of the time; kind 0 stands for measuring on all samples.
COST_SHARE = 25.0


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

    def sent(self, kind: int, now: float, size: int, seconds: float) -> None:
        """A frame of this size was made in so many seconds."""
        if kind not in self._next:
            return
        wait = max(1 / MOST[kind], size / BUDGET[kind], COST_SHARE * seconds if kind != PULSE else 0.0)
        wait = min(wait, SLOWEST)
        # From the planned turn rather than from now, so that the average rate holds when turns come a little late.
        self._next[kind] = max(self._next[kind] + wait, now + wait / 2)
