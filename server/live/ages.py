"""When rooms are over, though the system's clock may be set while they sleep. Pure: both clocks are handed in.

`wall` is the time of day, which can be set; `steady` goes on by itself, whatever happens to the other.
"""

from collections.abc import Iterable

from ..limits import CLOCK_SET


class Ages:
    """What the clock was set by, and which rooms have been too old for long enough to end."""

    def __init__(self, wall: float, steady: float, patience: float) -> None:
        self._difference, self._patience = wall - steady, patience
        self._since: dict[str, float] = {}

    def jump(self, wall: float, steady: float) -> float:
        """Seconds by which the time of day was set since the last such answer; 0 for what clocks drift."""
        jumped = wall - steady - self._difference
        if abs(jumped) < CLOCK_SET:
            return 0.0
        self._difference += jumped
        return jumped

    def due(self, overdue: Iterable[str], steady: float) -> list[str]:
        """Of the rooms that are too old now, those that have been so at every look for long enough."""
        self._since = {code: self._since.get(code, steady) for code in overdue}
        return [code for code, since in self._since.items() if steady - since >= self._patience]
