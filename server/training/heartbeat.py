"""Whether a process that is silent hangs, or only waits for its turn on a busy machine. Pure: time is handed in."""

from typing import NamedTuple

from ..limits import BUSY_SILENCE, LONGEST_SILENCE, SILENCE, TICK, UNBORN_SILENCE, UNKNOWN_SILENCE

#: States of a process, as the operating system writes them, in which it will never answer by itself.
STOPPED = "TtZX"
#: In which it waits for something else than the processor or the disk.
SLEEPING = "S"


class Vitals(NamedTuple):
    """Of a process: its state in a letter, and the seconds of processor time that it has used."""

    state: str
    used: float


class Heartbeat:
    """Seconds of silence of one process, counted only while whoever listens was awake."""

    def __init__(self) -> None:
        self.silent = 0.0
        #: Whether it has ever said anything.
        self.born = False
        self._used: float | None = None

    def heard(self) -> None:
        """It says something."""
        self.silent, self.born, self._used = 0.0, True, None

    def hangs(self, passed: float, vitals: Vitals | None) -> bool:
        """So many seconds have passed since the last look; whether it hangs. Without vitals only silence counts.

        A look that comes late counts as one in time: the listener itself was stopped, or busy.
        """
        self.silent += min(passed, 2 * TICK)
        if vitals is None:
            return self.silent >= (UNKNOWN_SILENCE if self.born else UNBORN_SILENCE)
        if self._used is None:
            self._used = vitals.used
        if self.silent < SILENCE:
            return False
        if vitals.state in STOPPED:
            return True
        if not self.born:
            return self.silent >= UNBORN_SILENCE
        computes = vitals.used - self._used >= BUSY_SILENCE
        return computes or vitals.state in SLEEPING or self.silent >= LONGEST_SILENCE
