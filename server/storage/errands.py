"""A thread that does one thing after the other, and that nobody waits for when the process ends."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread


class Errands:
    """Not an executor of the library: at the end, Python would wait for its threads, also for one that is stuck."""

    def __init__(self, name: str) -> None:
        self._queue: SimpleQueue[Callable[[], None]] = SimpleQueue()
        Thread(target=self._run, name=name, daemon=True).start()

    def put(self, errand: Callable[[], None]) -> None:
        """To be done after those before it."""
        self._queue.put(errand)

    def _run(self) -> None:
        while True:
            self._queue.get()()
