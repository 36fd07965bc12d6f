"""A visit that is over soon: a page that is fetched, a hello and what it is answered by."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from watcher import ANYBODY, Visitor, Watcher

#: Seconds that a guest waits for an answer.
PATIENCE = 10.0


class Guest(Watcher):
    """Knows what its hello was answered by: an event, or the end of the connection."""

    def __init__(self, hello: dict[str, object]) -> None:
        super().__init__(hello, self.listen)
        self.answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    def listen(self, event: dict[str, Any]) -> None:
        if event["type"] in ("welcome", "error") and not self.answer.done():
            self.answer.set_result(event)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        if not self.answer.done():
            self.answer.set_result({"type": "closed", "code": self.code})

    async def enter(self, address: str, visitor: Visitor = ANYBODY) -> dict[str, Any]:
        """Connect, say hello, and wait for the answer."""
        async with asyncio.timeout(PATIENCE):
            await self.open(address, visitor)
            return await self.answer


def called(answer: dict[str, Any]) -> str:
    """What a hello was answered by, in a word or two."""
    return {"welcome": "welcome", "error": str(answer.get("code"))}.get(
        answer["type"], f"closed with {answer.get('code')}"
    )


async def fetch(address: str, path: str, visitor: Visitor = ANYBODY) -> str:
    """Get a page over a connection of its own; the status that it was answered with."""
    url = urlsplit(address)
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(url.hostname, url.port, local_addr=visitor.local)
        try:
            head = visitor.head(url.netloc)
            writer.write(f"GET {path} HTTP/1.1\r\n{head}Accept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
        finally:
            writer.close()
    return answer[9:12].decode("latin-1") or "closed"
