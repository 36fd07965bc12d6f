"""This machine's addresses in the local network, as other machines there know it."""

import ipaddress
import socket

#: Addresses that routes are looked up for; none is ever written to. The first two lead to the usual route (they are
#: kept free for documentation); the others are for a network without a way to the internet.
PROBES = (
    (socket.AF_INET, "198.51.100.1"), (socket.AF_INET, "192.168.255.254"), (socket.AF_INET, "10.255.255.254"),
    (socket.AF_INET, "172.31.255.254"), (socket.AF_INET6, "2001:db8::1"), (socket.AF_INET6, "fd00::1"),
)  # fmt: skip
#: The port of a connection that is never made.
ANY_PORT = 9


def addresses() -> list[str]:
    """The likeliest first: the one of the usual route, others of IPv4, then IPv6; empty without a network."""
    found = [source_towards(family, probe) for family, probe in PROBES]
    found += [address for address in named() if ":" not in address]
    return list(dict.fromkeys(address for address in found if address and reachable(address)))


def source_towards(family: int, address: str) -> str:
    """What this machine would be called by whom it writes to there; "" if no route leads there. Nothing is sent."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as prober:
            prober.connect((address, ANY_PORT))
            return str(prober.getsockname()[0])
    except OSError:
        return ""


def named() -> list[str]:
    """The addresses that this machine's own name leads to."""
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    except OSError:
        return []


def reachable(address: str) -> bool:
    """Whether another machine can use it in a link: of its own network, and needing no interface beside it."""
    parsed = ipaddress.ip_address(address.split("%")[0])
    return not (parsed.is_loopback or parsed.is_unspecified or (parsed.version == 6 and parsed.is_link_local))
