"""A server with other bounds than a user's, so that a test need not wait for them, and with what a test counts."""

import sys
from pathlib import Path

PROGRAM = """#!{python}
if __name__ == "__main__":
    import uvicorn
    from nablascope.server import limits
    for name, value in {limits!r}.items():
        assert hasattr(limits, name), name
        setattr(limits, name, value)
    if {pings!r}:
        made, (interval, timeout) = uvicorn.Config, {pings!r}
        uvicorn.Config = lambda *given, **more: made(
            *given, **{{**more, "ws_ping_interval": interval, "ws_ping_timeout": timeout}}
        )
    from nablascope.server.serving import websocket
    put, send = websocket.Protocol.put, websocket.Protocol.send
    def told_put(self, frame):
        print("short way", flush=True)
        put(self, frame)
    async def told_send(self, message):
        if message.get("bytes") is not None:
            print("long way", flush=True)
        await send(self, message)
    if {ways!r}:
        websocket.Protocol.put, websocket.Protocol.send = told_put, told_send
    if {left!r}:
        import gc, threading, time, weakref
        from nablascope.server.live import socket
        from websockets.server import ServerProtocol
        left = weakref.WeakSet()
        def remembered(kind):
            begin = kind.__init__
            def remember(self, *given, **more):
                begin(self, *given, **more)
                left.add(self)
            kind.__init__ = remember
        remembered(websocket.Protocol), remembered(ServerProtocol), remembered(socket.Connection)
        def say():
            while True:
                print("left:", len(left), flush=True)
                time.sleep(0.1)
        gc.disable()
        gc.collect = lambda: 0
        threading.Thread(target=say, daemon=True).start()
    if {held!r}:
        import ctypes, gc, signal, sys
        class Malloc(ctypes.Structure):
            _fields_ = [(name, ctypes.c_size_t) for name in "abcdmefuhi"]  # m: mapped, u: in use
        def tell(*given):
            gc.collect()
            mallinfo = getattr(ctypes.CDLL(None), "mallinfo2", None)
            if mallinfo is not None:
                mallinfo.restype = Malloc
            told = Malloc() if mallinfo is None else mallinfo()
            sys._debugmallocstats()
            print("held by malloc =", told.m + told.u, flush=True)
        signal.signal(signal.SIGUSR1, tell)
    from nablascope.server.main import main
    main()
"""


def program(
    folder: Path,
    pings: tuple[float, float] | None = None,
    ways: bool = False,
    left: bool = False,
    held: bool = False,
    **limits: float,
) -> Path:
    """What starts it. `pings` are the seconds between two of them, and for the answer to one.

    With `ways` it says of each frame whether it takes the short way or the long one. With `left` nothing is
    collected, and it says ten times a second how many objects there are of connections, also of those that ended.
    With `held` it says after a SIGUSR1 what Python holds, and what malloc does, once garbage is collected.
    """
    path = folder / "nablascope-altered"
    text = PROGRAM.format(python=sys.executable, limits=limits, pings=pings, ways=ways, left=left, held=held)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path
