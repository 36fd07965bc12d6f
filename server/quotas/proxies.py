"""What a proxy says about a visitor, and whether it is to be believed."""

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import Scope

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parsed(text: str) -> Address | None:
    """An address, with a port or without; one of IPv4 is the same in IPv6's clothes."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def trusted(text: str, proxies: Sequence[Network]) -> bool:
    """Whether this address is one of the proxies'."""
    address = parsed(text)
    return address is not None and any(address in network for network in proxies)


def peer(scope: Scope) -> str:
    """Who holds the other end of the connection."""
    return str(scope["client"][0]) if scope.get("client") else ""


def visitor(scope: Scope, proxies: Sequence[Network]) -> str:
    """The visitor's address: the peer's, or what a trusted proxy has put into X-Forwarded-For.

    Each proxy appends the one before it, so the list is read from its end, and whoever stands before the last trusted
    one is the visitor: what stands further to the left, anybody may have written.
    """
    found = peer(scope)
    for text in reversed(",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")):
        if not trusted(found, proxies):
            break
        address = parsed(text)
        if address is None:
            break
        found = str(address)
    address = parsed(found)
    return found if address is None else str(address)


def scheme(scope: Scope, proxies: Sequence[Network]) -> str:
    """http or https, as the visitor sees it."""
    told = Headers(scope=scope).get("x-forwarded-proto", "").strip().lower()
    if told in ("http", "https") and trusted(peer(scope), proxies):
        return told
    return "https" if scope["scheme"] in ("https", "wss") else "http"


def claims(proxies: Sequence[Network], public: bool) -> list[Network]:
    """The networks of proxies from which visitors may come themselves, who could then claim any address.

    Visitors of a public server come from the internet, those of a class from the local network. A single address is
    a proxy's, and nobody comes from loopback but this machine.
    """
    return [
        network
        for network in proxies
        if network.num_addresses > 1 and not network.is_loopback and not (public and network.is_private)
    ]
