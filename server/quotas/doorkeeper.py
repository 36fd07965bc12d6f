"""Who holds how many connections, and whether one more can be let in. Pure: knows addresses, not sockets."""

from collections import Counter
from collections.abc import Sequence

from .. import limits
from .proxies import Network, parsed, trusted
from .throttle import household


class Doorkeeper:
    """Counts the open connections by address. Those of this machine and of trusted proxies may be all."""

    def __init__(self, most: int, proxies: Sequence[Network] = ()) -> None:
        self.most, self.proxies = most, proxies
        #: All that are open, and by address.
        self.open = 0
        self._by_address: Counter[str] = Counter()

    @property
    def full(self) -> bool:
        """Whether there is no descriptor for another."""
        return self.open >= self.most

    def most_from(self, address: str) -> int:
        """How many an address may hold."""
        ip = parsed(address)
        if ip is None or ip.is_loopback or trusted(address, self.proxies):
            return self.most
        return min(limits.MOST_FROM_ADDRESS, max(1, int(self.most * limits.LARGEST_SHARE)))

    def enter(self, address: str) -> bool:
        """Count a connection, unless its address has too many already."""
        key = household(address)
        if self._by_address[key] >= self.most_from(address):
            return False
        self._by_address[key] += 1
        self.open += 1
        return True

    def leave(self, address: str) -> None:
        """It has been closed."""
        key = household(address)
        self._by_address[key] -= 1
        self.open -= 1
        if self._by_address[key] <= 0:
            del self._by_address[key]
