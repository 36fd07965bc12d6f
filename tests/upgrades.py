"""A network that lets pages through and holds back WebSockets, as a school's filter does: a proxy on loopback."""

import contextlib
import socket
import socketserver
import threading
from typing import Any


class Filter:
    """Passes each connection on to a server's port, but for those that begin with an Upgrade: these are answered 403,
    or not at all when `silent`. `open` lets them through as well; with `down` no connection is served."""

    def __init__(self, upstream: int) -> None:
        self.open = self.silent = self.down = False
        #: Upgrades that were held back.
        self.held = 0
        self._open: set[socket.socket] = set()
        network = self

        class Passage(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    network.serve(self.request, upstream)

        class Listening(socketserver.ThreadingTCPServer):
            daemon_threads, block_on_close, allow_reuse_address = True, False, True

        self._listening = Listening(("127.0.0.1", 0), Passage)
        self.url = f"http://127.0.0.1:{self._listening.server_address[1]}/"
        threading.Thread(target=self._listening.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def serve(self, visitor: Any, upstream: int) -> None:
        if self.down:
            return
        head = visitor.recv(65536)
        if b"upgrade: websocket" in head.lower() and not self.open:
            self.held += 1
            if self.silent:
                visitor.recv(1)  # until the browser gives up
            else:
                visitor.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", upstream), 10) as server:
            server.settimeout(None)
            self._open |= {visitor, server}
            server.sendall(head)
            back = threading.Thread(target=self._pass, args=(server, visitor), daemon=True)
            back.start()
            self._pass(visitor, server)
            back.join(10)

    @staticmethod
    def _pass(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """End every connection that there is."""
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        self.cut()
        self._listening.shutdown()
        self._listening.server_close()
