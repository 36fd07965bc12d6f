"""How late the event loop is: what a viewer sends waits as long before anybody reads it."""

import asyncio
from collections import deque

#: Seconds between two looks, and how many of them count.
EVERY, KEPT = 0.1, 10


class Lag:
    """As it was within the last second."""

    def __init__(self) -> None:
        self._late: deque[float] = deque([0.0], maxlen=KEPT)

    async def watch(self) -> None:
        """Sleep, and see how much later than planned that ends; until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + EVERY
            await asyncio.sleep(EVERY)
            self._late.append(max(0.0, loop.time() - due))

    @property
    def seconds(self) -> float:
        """How long a message has waited, most likely: what a look was late, until it is received, and as long again.

        The mean, not the worst: for what is taken off too much, a slow line would be taken for a quick one.
        """
        return 2 * sum(self._late) / len(self._late)
