"""One connection, seen from the web process: what waits for it, and which run it sees."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..classroom.member import Member
from ..limits import MOST_WAITING
from ..wire.policy import Allowance
from .mailbox import Mailbox
from .runs import Run


class Line(Protocol):
    """What carries messages to a browser, and takes frames on the short way."""

    @property
    def idle(self) -> bool:
        """Whether a message goes straight to the system."""

    def put(self, frame: bytes) -> None:
        """Send a frame at once; only while it is idle."""


def event_text(event: dict[str, Any]) -> bytes:
    """An event as JSON."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(eq=False)
class Viewer:
    """What waits for a connection, and the bell that wakes its writer."""

    number: int
    #: The code of the class that it is in; None before and after.
    code: str | None = None
    member: Member = field(default_factory=lambda: Member(0, ""))
    #: Told with the welcome, to whoever opens a room.
    token: str | None = None
    #: Where it comes from.
    address: str = ""
    mailbox: Mailbox = field(default_factory=Mailbox)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    #: An event waits for it, and the bell will ring when it is its turn among many.
    called_later: bool = False
    #: The short way for frames, where there is one; while the writer is sending something, they wait for it.
    line: Line | None = None
    writing: bool = False
    allowance: Allowance = field(default_factory=Allowance)
    lost: bool = False
    #: Its welcome is on the way to it: from here on it sees what it may.
    arrival: asyncio.Event = field(default_factory=asyncio.Event)
    #: The code to close with, once everything has been sent.
    closing: int | None = None
    run: Run | None = None
    #: Commands that its run has not carried out yet; `free` is set while there may be more of them.
    waiting: int = 0
    free: asyncio.Event = field(default_factory=asyncio.Event)
    #: Of each event that is told only when it changes: how it was told last.
    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """There may be commands from the beginning."""
        self.free.set()

    @property
    def ready(self) -> bool:
        """Whether a command may be carried out, or go to the run, at once."""
        return self.arrival.is_set() and self.free.is_set()

    def tell(self, event: dict[str, Any]) -> None:
        """An event of the web process's own."""
        self.pass_on(event_text(event))

    def pass_on(self, event: bytes) -> None:
        """An event that is JSON already."""
        self.put(event)
        self.call()

    def put(self, event: bytes) -> None:
        """The same, without the bell."""
        if not self.mailbox.put_event(event):
            self.lost = True

    def call(self) -> None:
        """Wake the writer."""
        self.called_later = False
        self.bell.set()

    def tell_latest(self, event: dict[str, Any]) -> None:
        """An event that takes the place of an older one of its type, if that still waits."""
        self.mailbox.put_latest(event["type"], event_text(event))
        self.bell.set()

    def show(self, frame: bytes) -> None:
        """A frame."""
        mailbox, line = self.mailbox, self.line
        mailbox.put_frame(frame[5], frame)
        if mailbox.shut:
            return
        if line is not None and not self.writing:
            while line.idle and (following := mailbox.take_frame(time.monotonic())) is not None:
                line.put(following)
        if mailbox.waits and not self.called_later:
            self.bell.set()

    def asked(self) -> None:
        """A command is on its way to the run."""
        self.waiting += 1
        if self.waiting >= MOST_WAITING:
            self.free.clear()

    def answered(self, count: int = 1) -> None:
        """So many commands have been carried out."""
        self.waiting = max(0, self.waiting - count)
        if self.waiting < MOST_WAITING:
            self.free.set()

    def see(self, run: Run | None) -> None:
        """Another run from here on: what waits of the old one is forgotten."""
        if self.run is not None:
            self.run.viewers.pop(self, None)
            self.mailbox.clear_frames()
            self.answered(self.waiting)
        self.run = run
        if run is not None:
            run.add(self)

    def close(self, code: int, event: dict[str, Any]) -> None:
        """The last that this connection is told, and the code that it is closed with."""
        self.see(None)
        self.code = None
        self.tell(event)
        self.closing = code
        self.arrival.set()
