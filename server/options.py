"""The command line's options, and what of them cannot be together."""

import argparse
import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from .quotas.proxies import Network

#: Where a path of this server begins; a site's root that began like this could not be told from it.
OWN_PATHS = {"compare", "favicon.ico", "healthz", "how", "join", "qr", "r", "rooms", "static", "ws"}


def port_number(text: str) -> int:
    """0 to 65535."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"was {text!r}, expected a number from 0 to 65535 (0: any free port)")
    return int(text)


def process_count(text: str) -> int:
    """1 to 64."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"was {text!r}, expected a number from 1 to 64")
    return int(text)


def origin(text: str) -> str:
    """Scheme and host, as a browser says them: https://school.example."""
    parts = urlsplit(text)
    if not re.fullmatch(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", text.rstrip("/"), re.IGNORECASE):
        raise argparse.ArgumentTypeError(
            f"was {text!r}, expected a scheme and a host, such as https://school.example"
        )
    usual = {"http": ":80", "https": ":443"}[parts.scheme.lower()]
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}".lower()


def root_path(text: str) -> str:
    """A path: "/nabla"; without a slash at its end."""
    path = text.rstrip("/")
    if path and not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+", path):
        raise argparse.ArgumentTypeError(f"was {text!r}, expected a path, such as /nabla")
    if path and path.split("/")[1] in OWN_PATHS:
        raise argparse.ArgumentTypeError(f"was {text!r}, expected a path that begins like none of this server's own")
    return path


def public_url(text: str) -> tuple[str, str]:
    """An origin and a root path in one: https://school.example/nabla."""
    parts = urlsplit(text)
    if parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(f"was {text!r}, expected an address such as https://school.example/nabla")
    return origin(f"{parts.scheme}://{parts.netloc}"), root_path(parts.path)


def proxy(text: str) -> Network:
    """An address, or a network such as 10.0.0.0/24."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"was {text!r}, expected an address or a network, such as 10.0.0.0/24"
        ) from None


def own_address(text: str) -> str:
    """One of this machine's addresses, or nothing."""
    try:
        return text and str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"was {text!r}, expected an address of this machine, or nothing") from None


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser("nablascope", description="An oscilloscope for backpropagation, in the browser.")
    usual = max(1, min(4, os.cpu_count() or 1))
    add = made.add_argument
    add("--port", type=port_number, default=8000, help="first port to try; 0 takes any (default 8000)")
    add("--open", action=argparse.BooleanOptionalAction, default=None, help="open the page in a browser")
    add("--data", type=Path, help="folder where rooms are kept (default: your application data)")
    add("--no-data", action="store_true", help="keep nothing on disk")
    add("--workers", type=process_count, default=usual, help=f"training processes (default {usual})")
    add = made.add_argument_group("who can reach it (docs/operations.md)").add_argument
    said = "for a class in the local network: opens a room, shows its code, a QR code and the links"
    add("--lan", type=own_address, nargs="?", const="", metavar="ADDRESS", help=said)
    add("--host", help="address to listen on (default: this machine only)")
    add("--public", action="store_true", help="for everybody; needs an origin, and TLS here or at a trusted proxy")
    add("--public-url", type=public_url, metavar="URL", help="--origin and --root-path in one")
    said = "scheme and host by which browsers know this server (repeatable; links lead to the first)"
    add("--origin", type=origin, action="append", default=[], metavar="URL", help=said)
    add("--root-path", type=root_path, metavar="PATH", help="path under which browsers find it, such as /nabla")
    said = "a proxy, or a network of them, whose X-Forwarded-For and -Proto are believed (repeatable)"
    add("--trusted-proxy", type=proxy, action="append", default=[], metavar="ADDRESS", help=said)
    add("--tls-cert", type=Path, metavar="FILE", help="certificate chain, as PEM")
    add("--tls-key", type=Path, metavar="FILE", help="its key, as PEM")
    return made


def fault(options: argparse.Namespace) -> str:
    """What cannot be, in a sentence; "" if all is well."""
    if (options.tls_cert is None) != (options.tls_key is None):
        return "--tls-cert and --tls-key need each other"
    if options.public and options.lan is not None:
        return "--lan is for the local network and --public for everybody: choose one"
    if options.public and not options.origin:
        return "--public needs the address that others open: give it with --origin or --public-url"
    if options.public and not all(origin.startswith("https://") for origin in options.origin):
        return "--public needs an origin that begins with https://"
    if options.public and options.tls_cert is None and not options.trusted_proxy:
        return (
            "--public needs TLS: give --tls-cert and --tls-key, or name the proxy that does it with --trusted-proxy"
        )
    if options.tls_cert is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(options.tls_cert, options.tls_key)
        except OSError as error:
            return f"--tls-cert {options.tls_cert} with --tls-key {options.tls_key} cannot be used: {error}"
    return ""


def chosen(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options, complete and possible; or an end with a sentence."""
    made = parser()
    options = made.parse_args(arguments)
    if options.public_url is not None:
        first, root = options.public_url
        options.origin.insert(0, first)
        options.root_path = root if options.root_path is None else options.root_path
    wrong = fault(options)
    if wrong:
        made.error(wrong)
    if options.open is None:
        options.open = not options.public
    if options.host is None:
        beside = options.trusted_proxy and all(network.is_loopback for network in options.trusted_proxy)
        alone = options.lan is None and (not options.public or (beside and options.tls_cert is None))
        options.host = "127.0.0.1" if alone else everywhere()
    return options


def everywhere() -> str:
    """All addresses: of IPv6 and IPv4 where the system has both, else of IPv4."""
    try:
        if socket.has_dualstack_ipv6():
            with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as tried:
                tried.bind(("::", 0))
            return "::"
    except OSError:
        pass
    return "0.0.0.0"
