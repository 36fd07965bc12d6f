"""How much one connection may send. Pure: the clock is handed in."""

import math

from ..limits import BYTES, COMMANDS, FRAMES, LARGE, LARGE_BYTES, PINGS
from ..wire.refusal import TOO_OFTEN, Refused
from .bucket import Bucket


def room_for(bucket: Bucket, amount: float, now: float) -> bool:
    """Whether there is so much; if there is, it is used."""
    if bucket.wait(now, amount) > 0:
        return False
    bucket.take(now, amount)
    return True


class Flood:
    """Everything that a peer sends, read or not: frames of any kind, pings, bytes."""

    def __init__(self, now: float) -> None:
        self._frames, self._pings, self._bytes = Bucket(FRAMES, now), Bucket(PINGS, now), Bucket(BYTES, now)

    def excess(self, size: int, frames: int, pings: int, now: float) -> str | None:
        """What of this is more than any browser sends; None if nothing is."""
        if not room_for(self._bytes, size, now):
            return f"more than {BYTES[1]} bytes a second"
        if not room_for(self._frames, frames, now):
            return f"more than {FRAMES[1]} frames a second"
        if not room_for(self._pings, pings, now):
            return f"more than {PINGS[1]} pings a second"
        return None


class Intake:
    """Commands of one connection, counted before they are decoded."""

    def __init__(self, now: float) -> None:
        self._commands, self._large = Bucket(COMMANDS, now), Bucket(LARGE_BYTES, now)
        self._told_at = -math.inf

    def admit(self, size: int, now: float) -> bool:
        """Whether a message of this size may be decoded; raises Refused if not, at most once a second."""
        if not room_for(self._commands, 1, now):
            return self.refuse(f"more than {COMMANDS[1]} commands a second", f"at most {COMMANDS[1]}", now)
        if size > LARGE and not room_for(self._large, size, now):
            most = f"at most {LARGE_BYTES[1]} bytes a second in commands of more than {LARGE}"
            return self.refuse(f"{size} bytes, after others", most, now)
        return True

    def refuse(self, was: str, expected: str, now: float) -> bool:
        """Raises Refused, or is False when another refusal was told less than a second ago."""
        if now - self._told_at < 1:
            return False
        self._told_at = now
        raise Refused("message", was, f"{expected}; others are dropped", TOO_OFTEN)
