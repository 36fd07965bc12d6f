"""The command line: find a port, start the server, open the page."""

import argparse
import contextlib
import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path

# Before NumPy: two BLAS threads on a busy machine make a training step many times slower.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

#: Ports tried after the one asked for.
MORE_PORTS = 50


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


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser("nablascope", description="An oscilloscope for backpropagation, in the browser.")
    made.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    made.add_argument("--port", type=port_number, default=8000, help="first port to try; 0 takes any (default 8000)")
    made.add_argument(
        "--open", action=argparse.BooleanOptionalAction, default=True, help="open the page in a browser"
    )
    made.add_argument("--data", type=Path, help="folder where rooms are kept (default: your application data)")
    made.add_argument("--no-data", action="store_true", help="keep nothing on disk")
    usual = max(1, min(4, os.cpu_count() or 1))
    made.add_argument("--workers", type=process_count, default=usual, help=f"training processes (default {usual})")
    return made


def listen(host: str, port: int) -> socket.socket:
    """A socket on this port, or on the next that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in [0] if port == 0 else range(port, min(port + MORE_PORTS, 65536)):
        # With its protocol named, asyncio switches Nagle's algorithm off; without, answers wait for 40 ms.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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


def page_url(host: str, port: int) -> str:
    """What to type into a browser."""
    name = "127.0.0.1" if host in ("0.0.0.0", "") else "::1" if host == "::" else host
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until Ctrl-C or SIGTERM."""
    options = parser().parse_args(arguments)
    import uvicorn

    from .app import make_app
    from .store import Store, usual_folder
    from .websocket import Protocol

    listener = listen(options.host, options.port)
    url = page_url(options.host, listener.getsockname()[1])
    store = None
    if not options.no_data:
        folder = options.data or usual_folder()
        try:
            store = Store(folder)
        except Exception as error:
            print(f"Rooms will not outlive this server: {folder} cannot be used ({error}).", flush=True)
    config = uvicorn.Config(
        make_app(options.host, options.workers, store), ws=Protocol, log_level="warning", access_log=False,
        ws_per_message_deflate=False, ws_max_size=256 * 1024, timeout_graceful_shutdown=2,
    )  # fmt: skip

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                announce(url, options.open)

    server = Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    print("Nablascope has ended.", flush=True)


def announce(url: str, open_page: bool) -> None:
    """Say where it is, and open it."""
    print(f"Nablascope is at {url}  (Ctrl-C ends it)", flush=True)
    if open_page:
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


if __name__ == "__main__":
    main()
