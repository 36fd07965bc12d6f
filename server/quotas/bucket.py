"""An amount that may be used at once, and that comes back at a steady rate. Pure: the clock is handed in."""


class Bucket:
    """So much at once, and so much a second after that."""

    __slots__ = ("_at", "_level", "burst", "per_second")

    def __init__(self, rate: tuple[float, float], now: float) -> None:
        self.burst, self.per_second = rate
        self._level, self._at = self.burst, now

    def wait(self, now: float, least: float = 1.0) -> float:
        """Seconds until there is at least so much, 0 when there is."""
        self._fill(now)
        return max(0.0, (least - self._level) / self.per_second)

    def take(self, now: float, amount: float = 1.0) -> None:
        """Use an amount, also more than there is: what is owed has to come back first, at most a whole burst."""
        self._fill(now)
        self._level = max(self._level - amount, -self.burst)

    def _fill(self, now: float) -> None:
        self._level = min(self.burst, self._level + max(0.0, now - self._at) * self.per_second)
        self._at = max(self._at, now)
