"""Published results, computed anew: each in a process of its own, one at a time, so that rooms go on undisturbed."""

import asyncio
import json
import logging
import socket
import time
from typing import Any

from ..limits import CALCULATION
from ..training import worker
from ..training.process import Process

log = logging.getLogger("nablascope")


class Calculations:
    """Who asks for what is being computed, or waits to be, gets the same answer: a class costs no more than one."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._asked: dict[str, asyncio.Task[bytes]] = {}

    async def ask(self, name: str) -> bytes:
        """The answer as JSON, or nothing if the process ended without one."""
        if name not in self._asked:
            self._asked[name] = asyncio.create_task(self._compute(name))
            self._asked[name].add_done_callback(lambda done: self._asked.pop(name, None))
        # Shielded: one who goes away does not take it from the others.
        return await asyncio.shield(self._asked[name])

    async def _compute(self, name: str) -> bytes:
        async with self._turn:
            try:
                process = Process(main, name)
            except OSError as error:
                log.warning("no process to compute %s can be started (%s)", name, error)
                return b""
            answer = b""
            try:
                await process.connect()
                async with asyncio.timeout(CALCULATION):
                    answer = await process.reader.read()
            except (TimeoutError, ConnectionError):
                process.kill()
            finally:
                await process.end()
        if not answer:
            words = await process.last_words()
            log.warning("the process that computed %s ended without an answer (%s)", name, words)
        return answer

    async def close(self) -> None:
        """Give up what is being computed; no process is left afterwards."""
        for task in self._asked.values():
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)


def main(channel: socket.socket, parent: int, name: str) -> None:
    """The process: compute one entry, write it, end."""
    worker.settle(parent)
    with channel:
        channel.sendall(json.dumps(computed(name), allow_nan=False).encode())


def computed(name: str) -> dict[str, Any]:
    """One entry's rows, and how long they took."""
    from ...engine.golden import GOLDEN

    started = time.perf_counter()
    rows = GOLDEN[name].compute()
    seconds = time.perf_counter() - started
    return {"name": name, "seconds": round(seconds, 6), "rows": [row.to_dict() for row in rows]}
