"""A call that is made once, later, unless it is cancelled before."""

import asyncio
from collections.abc import Callable


class Later:
    """One call at a time: while one waits, no other is taken in its place."""

    __slots__ = ("_handle",)

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None

    @property
    def waits(self) -> bool:
        """Whether a call is still to be made."""
        return self._handle is not None

    def after(self, seconds: float, call: Callable[..., object], *arguments: object) -> None:
        """In this many seconds, unless another call waits."""
        if self._handle is None:
            self.at(asyncio.get_running_loop().time() + seconds, call, *arguments)

    def at(self, moment: float, call: Callable[..., object], *arguments: object) -> None:
        """At this time of the event loop's clock, unless another call waits."""
        if self._handle is None:
            self._handle = asyncio.get_running_loop().call_at(moment, self._make, call, arguments)

    def _make(self, call: Callable[..., object], arguments: tuple[object, ...]) -> None:
        self._handle = None
        call(*arguments)

    def cancel(self) -> None:
        """Not any more, if it waits."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
