"""The command line: find a port, start the server, say where it is, open the page."""

import contextlib
import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence

# Before NumPy: two BLAS threads on a busy machine make a training step many times slower.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

#: Ports tried after the one asked for.
MORE_PORTS = 50


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
            listener.listen(512)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                sys.exit(f"nablascope: cannot listen on {host}, port {candidate}: {error.strerror or error}")
            continue
        if port not in (0, candidate):
            print(f"Port {port} is taken; using {candidate}.", flush=True)
        return listener
    return sys.exit(f"nablascope: ports {port} to {port + MORE_PORTS - 1} are all taken; choose another with --port")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until Ctrl-C or SIGTERM."""
    with contextlib.suppress(KeyboardInterrupt):
        serve(arguments)
    print("Nablascope has ended.", flush=True)


def serve(arguments: Sequence[str] | None) -> None:
    """Read the options, listen, and answer.

    It imports for itself what it needs: training processes import this file too, to find their own beginning.
    """
    from .options import chosen

    options = chosen(arguments)
    import uvicorn

    from .app import make_app
    from .folder import FolderRefused, usual_folder
    from .greeting import greeting
    from .site import Site
    from .store import Store
    from .websocket import Protocol

    listener = listen(options.host, options.port)
    site = Site(
        options.host, listener.getsockname()[1], options.lan is not None, options.lan or "", options.public,
        tuple(options.origin), options.root_path or "", tuple(options.trusted_proxy), options.tls_cert is not None,
    )  # fmt: skip
    store = folder = None
    if not options.no_data:
        folder = options.data or usual_folder()
        try:
            store = Store(folder)
        except FolderRefused as refused:
            sys.exit(f"nablascope: {refused}")
        except Exception as error:
            print(f"Rooms will not outlive this server: {folder} cannot be used ({error}).", flush=True)
    app = make_app(site, options.workers, store)
    # Who a visitor is, and by which scheme they come, the guard finds out: uvicorn would believe any local process.
    config = uvicorn.Config(
        app, ws=Protocol, log_level="warning", access_log=False, ws_per_message_deflate=False,
        ws_max_size=256 * 1024, ws_ping_interval=5, ws_ping_timeout=10,
        timeout_graceful_shutdown=2, proxy_headers=False, ssl_certfile=options.tls_cert, ssl_keyfile=options.tls_key,
    )  # fmt: skip

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                told, page = greeting(site, app.state.opened, sys.stdout.isatty(), folder if store else None)
                print(told, flush=True)
                if options.open:
                    threading.Thread(target=webbrowser.open, args=(page,), daemon=True).start()

    Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
