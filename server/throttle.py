"""Who has given too many wrong codes of late? Pure: the clock is handed in.

A code has 31⁶ forms, 900 million. Ten guesses a minute from one address meet one of fifty rooms once in three years.
"""

import ipaddress
from collections import deque

#: Wrong codes that an address may give within so many seconds.
MOST_WRONG, SECONDS = 10, 60.0
#: Addresses that are remembered; beyond that the ones that were wrong longest ago are forgotten.
MOST_ADDRESSES = 10_000


def household(address: str) -> str:
    """What counts as one address: of IPv6 the first 64 bits, as a single machine has all of the others."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


class Throttle:
    """Wrong codes of the last minute, by address."""

    def __init__(self, most: int = MOST_WRONG, seconds: float = SECONDS) -> None:
        self.most, self.seconds = most, seconds
        self._wrong: dict[str, deque[float]] = {}

    def blocked(self, address: str, now: float) -> bool:
        """Whether codes from there are not even looked up at present."""
        return self.wait(address, now) > 0

    def wait(self, address: str, now: float) -> float:
        """Seconds until a code from there is looked up again, 0 when it is at once."""
        times = self._wrong.get(household(address))
        if times is None or len(times) < self.most:
            return 0.0
        return max(0.0, times[0] + self.seconds - now)

    def wrong(self, address: str, now: float) -> None:
        """A code from there did not exist."""
        key = household(address)
        times = self._wrong.pop(key, None) or deque(maxlen=self.most)
        times.append(now)
        self._wrong[key] = times  # the last place: it was wrong most recently
        while len(self._wrong) > MOST_ADDRESSES:
            del self._wrong[next(iter(self._wrong))]
