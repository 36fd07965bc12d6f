"""The command line: find a port, start the server, say where it is, open the page."""

import contextlib
import errno
import io
import multiprocessing
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence

from . import limits

# Before NumPy: two BLAS threads on a busy machine make a training step many times slower.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

#: Ports tried after the one asked for.
MORE_PORTS = 50
CLAIMS = """\
Whoever comes from {} is believed about who they are (--trusted-proxy), and can claim any address.
Only proxies should have addresses there: name them one by one if others have, too."""


def listen(host: str, port: int) -> socket.socket:
    """A socket on this port, or on the next that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in [0] if port == 0 else range(port, min(port + MORE_PORTS, 65536)):
        # With its protocol named, asyncio switches Nagle's algorithm off; without, answers wait for 40 ms.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if host == "::" and socket.has_dualstack_ipv6():
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        try:
            listener.bind((host, candidate))
            listener.listen(limits.BACKLOG)
        except OSError as error:
            listener.close()
            if not taken(error):
                sys.exit(f"nablascope: cannot listen on {host}, port {candidate}: {error.strerror or error}")
            continue
        if port not in (0, candidate):
            print(f"Port {port} is taken; using {candidate}.", flush=True)
        return listener
    return sys.exit(f"nablascope: ports {port} to {port + MORE_PORTS - 1} are all taken; choose another with --port")


def taken(error: OSError) -> bool:
    """Whether another port may be free. Windows forbids the ones that it has reserved."""
    return error.errno == errno.EADDRINUSE or (os.name == "nt" and error.errno == errno.EACCES)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until Ctrl-C or SIGTERM."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not every output has every letter of a folder's name
            stream.reconfigure(errors="backslashreplace")
    with contextlib.suppress(KeyboardInterrupt):
        serve(arguments)
    print("Nablascope has ended.", flush=True)


def serve(arguments: Sequence[str] | None) -> None:
    """Read the options, listen, and answer.

    It imports for itself what it needs: training processes import this file too, to find their own beginning.
    """
    from .options import chosen

    options = chosen(arguments)
    from .app import make_app
    from .greeting import greeting, unusable
    from .quotas.doorkeeper import Doorkeeper
    from .quotas.proxies import claims
    from .serving import descriptors
    from .serving.serving import Server, configured
    from .storage.folder import FolderRefused, usual_folder
    from .storage.store import Store
    from .web.site import LOOPBACK, Site

    allowed = descriptors.raised()
    if wrong := descriptors.too_few(allowed, options.workers):
        sys.exit(f"nablascope: {wrong}")
    listener = listen(options.host, options.port)
    site = Site(
        options.host, listener.getsockname()[1], options.lan is not None, options.lan or "", options.public,
        tuple(options.origin), options.root_path or "", tuple(options.trusted_proxy), options.tls_cert is not None,
    )  # fmt: skip
    for network in claims(site.proxies, options.public) if options.host not in LOOPBACK else []:
        print(CLAIMS.format(network), flush=True)
    store = folder = None
    if not options.no_data:
        folder = options.data or usual_folder()
        try:
            store = Store(folder)
        except FolderRefused as refused:
            sys.exit(f"nablascope: {refused}")
        except Exception as error:
            print(f"Rooms will not outlive this server: {unusable(folder, error)}.", flush=True)
    app = make_app(site, options.workers, store)

    def greet() -> None:
        told, page = greeting(site, app.state.opened, sys.stdout.isatty(), folder if store else None)
        print(told, flush=True)
        if options.open:
            threading.Thread(target=webbrowser.open, args=(page,), daemon=True).start()

    doorkeeper = Doorkeeper(descriptors.connections(allowed, options.workers), site.proxies)
    server = Server(configured(app, options.tls_cert, options.tls_key), doorkeeper, greet)
    try:
        server.run(sockets=[listener])
    finally:  # a start that failed has left them: the system would wait for them for ever
        for process in multiprocessing.active_children():
            process.kill()


if __name__ == "__main__":
    main()
