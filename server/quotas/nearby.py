"""What is near: addresses of this machine and of local networks, and names that mean something there only. Pure."""

import ipaddress
import re

#: Addresses of this machine and of local networks.
NETWORKS = [
    ipaddress.ip_network(text)
    for text in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7",
        "fe80::/10",
    )
]  # fmt: skip
#: Names that mean something in one network only, and a machine's bare name.
NAMES = re.compile(r"(^|\.)(local|localhost|internal|home\.arpa)$|^[^.]*$")


def nearby(address: str) -> bool:
    """Whether an address is of this machine or of a local network, or none at all, as that of a proxy's socket."""
    ip = parsed(address)
    return ip is None or any(ip in network for network in NETWORKS)


def public_name(host: str) -> bool:
    """Whether a host is called by a name that means the same everywhere: no address, and no name of a network."""
    return parsed(host) is None and NAMES.search(host) is None


def parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, also in brackets or with a zone; one of IPv4 is the same in IPv6's clothes."""
    try:
        ip = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
