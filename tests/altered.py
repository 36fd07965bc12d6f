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
    from nablascope.server.main import main
    main()
"""


def program(folder: Path, pings: tuple[float, float] | None = None, ways: bool = False, **limits: float) -> Path:
    """What starts it. `pings` are the seconds between two of them, and for the answer to one.

    With `ways` it says of each frame whether it takes the short way or the long one.
    """
    path = folder / "nablascope-altered"
    path.write_text(PROGRAM.format(python=sys.executable, limits=limits, pings=pings, ways=ways), encoding="utf-8")
    path.chmod(0o755)
    return path
