"""What is done every few seconds, for as long as the server runs, also after it has failed once."""

import asyncio
import logging
from collections.abc import Callable

log = logging.getLogger("nablascope")


async def periodically(seconds: float, act: Callable[[], object]) -> None:
    """Act, now and after every so many seconds, until cancelled. The first failure is logged, and none ends it."""
    told = False
    while True:
        try:
            act()
        except Exception:
            if not told:
                log.exception("Something that is done every %g s has failed; it is tried again.", seconds)
            told = True
        await asyncio.sleep(seconds)
