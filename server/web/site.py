"""How this server is reached: under which names, by whom, and where others than its own machine find it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..quotas.nearby import public_name
from ..quotas.proxies import Network
from . import lan

WILDCARDS = {"0.0.0.0", "::", ""}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
#: A name or an address, IPv6 in brackets, and a port.
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)


def host_name(header: str) -> str:
    """A Host header without its port: `[::1]:8000` is ::1; "" if it is none."""
    if not HOST.fullmatch(header):
        return ""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def bracketed(name: str) -> str:
    """A name as it stands in a URL."""
    return f"[{name}]" if ":" in name else name


@dataclass(frozen=True)
class Site:
    """What the command line says of it, and the port that was free.

    `local_network`: others come from there; `address` is this machine's there, found by itself when it is "".
    `public`: others come from anywhere. `origins`: what browsers call it, the first is the one to pass on. `root`:
    the path before every page, such as "/nabla". `proxies` may speak for visitors.
    """

    host: str
    port: int
    local_network: bool = False
    address: str = ""
    public: bool = False
    origins: tuple[str, ...] = ()
    root: str = ""
    proxies: tuple[Network, ...] = ()
    secure: bool = False

    @property
    def everywhere(self) -> bool:
        """Whether it listens on all addresses."""
        return self.host in WILDCARDS

    def at(self, name: str) -> str:
        """Where the first page is by this name of the machine, without a slash at the end."""
        return f"{'https' if self.secure else 'http'}://{bracketed(name)}:{self.port}{self.root}"

    @property
    def own(self) -> str:
        """Where this machine itself opens it."""
        return self.at("127.0.0.1" if self.everywhere else self.host)

    def https_names(self) -> set[str]:
        """Names that browsers may keep as reachable by https alone: those that are this server's alone, all of it.

        Where it has only a path or a port of a host, what browsers keep of that host is for its other owners to say.
        """
        if not self.public or self.root:
            return set()
        found = [urlsplit(origin) for origin in self.origins]
        names = {parts.netloc for parts in found if parts.scheme == "https" and parts.netloc == parts.hostname}
        return set(filter(public_name, names))

    def addresses(self) -> list[str]:
        """This machine's in the local network, now: it may have gone from one to another."""
        return [self.address] if self.address else lan.addresses()

    def for_others(self, scheme: str, host: str) -> str:
        """Where others find the first page, when a visitor has come by this scheme and Host header.

        That is the visitor's own address, unless it would lead others to themselves.
        """
        if self.origins:
            return self.origins[0] + self.root
        if self.local_network and host_name(host) in LOOPBACK:
            return next(map(self.at, self.addresses()), self.own)
        return f"{scheme}://{host}{self.root}"
