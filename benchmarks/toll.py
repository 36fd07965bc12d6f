"""What a server takes of its machine: memory, descriptors, disk."""

import asyncio

from family import descriptors, resident, workers
from serving import Started

#: Seconds between two looks.
LOOK = 0.25
HEAD = ["MB of the web process", "MB of training", "descriptors of the web process", "MB on disk"]


class Meter:
    """Before, the most, and after."""

    def __init__(self, started: Started) -> None:
        self.started = started
        self.first = self.most = self.last = (0.0,) * len(HEAD)

    def begin(self) -> None:
        """This is how it was before."""
        self.first = self.most = self.last = self.look()

    async def watch(self) -> None:
        """Until it is cancelled."""
        while True:
            self.last = self.look()
            self.most = tuple(map(max, self.most, self.last))
            await asyncio.sleep(LOOK)

    def end(self) -> None:
        """This is how it is afterwards."""
        self.last = self.look()
        self.most = tuple(map(max, self.most, self.last))

    def look(self) -> tuple[float, ...]:
        """Now; a process or a file may go at any moment."""
        pid = self.started.pid
        return resident(pid), sum(map(memory, workers(pid))), descriptors(pid), self.disk()

    def disk(self) -> float:
        """MB of the data folder."""
        total = 0
        for path in self.started.data.rglob("*"):
            try:
                total += path.stat().st_size
            except OSError:
                continue
        return total / 2**20

    def cells(self) -> list[str]:
        """Of a table."""
        return [
            " / ".join(f"{value:.0f}" for value in values)
            for values in zip(self.first, self.most, self.last, strict=True)
        ]


def memory(pid: int) -> float:
    """MB of a process that may be gone."""
    try:
        return resident(pid)
    except OSError:
        return 0.0
