"""Who has given too many wrong codes of late? Pure: the clock is handed in.

A code has 31⁶ forms, 888 million. Where 200 rooms are open, one guess in 4.4 million meets one: thirty guesses a
minute from one address do so once in a hundred days, sixty from a /48 of IPv6 once in fifty.
"""

import ipaddress
from collections import deque

from ..limits import MOST_ACROSS, MOST_BEHIND, MOST_WRONG, SECONDS

#: Addresses that are remembered; beyond that the ones that were wrong longest ago are forgotten.
MOST_ADDRESSES = 10_000
#: The first bits of an address of IPv6: a single machine has all of the others; a provider gives one customer these.
HOUSEHOLD, SITE = 64, 48


def household(address: str) -> str:
    """What counts as one address: of IPv6 the first 64 bits, as a single machine has all of the others."""
    return network_of(address, HOUSEHOLD)


def site_of(address: str) -> str:
    """What one customer of a provider has: of IPv6 the first 48 bits, with 65,000 households in them."""
    return network_of(address, SITE)


def network_of(address: str, bits: int) -> str:
    """So many bits of an address of IPv6; one of IPv4 whole, however it is written."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, bits), strict=False))
    return str(ip)


class Throttle:
    """Wrong codes of the last minute, by address."""

    def __init__(self, most: int = MOST_WRONG, seconds: float = SECONDS) -> None:
        self.most, self.seconds = most, seconds
        self._wrong: dict[str, deque[float]] = {}

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


class Guesses:
    """Wrong codes by browser, address and site: a class behind one address does not wait for the one who guesses.

    A browser is told apart by its tab's secret; all that have none count as one. Who makes up secrets is stopped by
    their address, who makes up addresses of IPv6 by the /48 that these are in.
    """

    def __init__(self) -> None:
        self._browsers, self._addresses, self._sites = Throttle(), Throttle(MOST_BEHIND), Throttle(MOST_ACROSS)

    def wait(self, address: str, tab: str, now: float) -> float:
        """Seconds until a code from there is looked up again, 0 when it is at once."""
        return max(
            self._browsers.wait(browser(address, tab), now),
            self._addresses.wait(address, now),
            self._sites.wait(site_of(address), now),
        )

    def wrong(self, address: str, tab: str, now: float) -> None:
        """A code from there did not exist."""
        self._browsers.wrong(browser(address, tab), now)
        self._addresses.wrong(address, now)
        self._sites.wrong(site_of(address), now)


def browser(address: str, tab: str) -> str:
    """One of those behind an address."""
    return f"{household(address)} {tab}"
