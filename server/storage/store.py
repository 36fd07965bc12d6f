"""Rooms on disk, so that a restart of the server loses nobody's run. SQLite: a row each for classes, runs, notes.

A run's row is its checkpoint, its notes are what it was told since. What is written is safe from the end of any
process, not from the machine's: a power cut may take the last moments.
"""

import asyncio
import contextlib
import logging
import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from ..classroom.saved import Saved, Unavailable, Unreadable, saved
from ..limits import FILE_BUSY
from .errands import Errands
from .folder import claim, make_private, set_aside
from .schema import bring_up

log = logging.getLogger("nablascope")
FILE = "rooms.sqlite3"
DAMAGED = "%s cannot be read (%s). It was renamed to %s; the rooms in it are gone, and others are kept in a new file."

T = TypeVar("T")
Statement = tuple[str, tuple[Any, ...]]
#: What a writing is about: a class, or a run of it by its owner; "": about all.
Subject = tuple[str, int | None]
#: A writing that waits for its turn, and who waits for it.
Writing = tuple[Subject, tuple[Statement, ...], "Future[bool]"]


class Store:
    """Writings are made by one thread, in order, readings by another: who asks waits, and nobody else.

    What has come while the last writing went on is written in one go.
    """

    def __init__(self, folder: Path) -> None:
        """Raises FolderRefused when a server must not start with this folder, others when it cannot be used."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / FILE
        self._claim = claim(folder)
        try:
            self._connection, self._rooms = begun(self.path)
            self._reader = sqlite3.connect(
                self.path, check_same_thread=False, timeout=FILE_BUSY, isolation_level=None
            )
        except BaseException:
            os.close(self._claim)
            raise
        self._writing, self._reading = Errands("nablascope-writes"), Errands("nablascope-reads")
        self._waiting: deque[Writing] = deque()
        self._unwritten: dict[Future[bool], Subject] = {}
        self._failed: set[Subject] = set()
        self._given_up = False
        #: What keeps the disk from being written, and who is told when that changes, in the store's own thread.
        self.trouble: str | None = None
        self.report: Callable[[str | None], None] = lambda trouble: None

    # --- writing -----------------------------------------------------------------------------------------------

    def save_class(self, code: str, token: bytes, data: str, used_at: float) -> "Future[bool]":
        """Write a class; the future tells whether it is on disk."""
        self._rooms[code] = used_at
        row = (code, token, data, used_at)
        return self._submit((code, None), ("insert or replace into classes values (?, ?, ?, ?)", row))

    def save_run(self, code: str, owner: int, state: bytes) -> "Future[bool]":
        """Write a run, soon, in place of its notes; the future tells whether it is on disk."""
        return self._submit(
            (code, owner),
            ("insert or replace into runs values (?, ?, ?)", (code, owner, state)),
            notes_away(code, owner),
        )

    def save_note(self, code: str, owner: int, note: bytes) -> "Future[bool]":
        """Write what a run was told after its last checkpoint; the future tells whether it is on disk."""
        row = (code, owner, note)
        return self._submit((code, owner), ("insert into notes (code, owner, note) values (?, ?, ?)", row))

    def drop_run(self, code: str, owner: int) -> None:
        """A run is no more."""
        run = ("delete from runs where code = ? and owner = ?", (code, owner))
        self._submit((code, owner), run, notes_away(code, owner))

    def forget(self, code: str) -> None:
        """A class and its runs are no more."""
        self._rooms.pop(code, None)
        tables = ("classes", "runs", "notes")
        self._submit((code, None), *((f"delete from {table} where code = ?", (code,)) for table in tables))

    def shift(self, seconds: float) -> None:
        """The time of day was set by so many seconds: no class gets older or younger by that."""
        now = time.time()
        self._rooms = {code: min(used_at + seconds, now) for code, used_at in self._rooms.items()}
        self._submit(("", None), ("update classes set used_at = min(used_at + ?, ?)", (seconds, now)))

    def _submit(self, subject: Subject, *statements: Statement) -> "Future[bool]":
        written: Future[bool] = Future()
        written.set_running_or_notify_cancel()  # who waits may lose interest, but the writing is made
        self._unwritten[written] = subject
        self._waiting.append((subject, statements, written))
        self._writing.put(self._write_all)
        return written

    def _write_all(self) -> None:
        """All that waits, in one transaction; one by one, if one of them cannot be written."""
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        well = self._write(*(statement for _, statements, _ in taken for statement in statements))
        for subject, statements, written in taken:
            done = well or (len(taken) > 1 and self._write(*statements))
            if self._given_up:  # nobody waits any more
                return
            (self._failed.discard if done else self._failed.add)(subject)
            self._unwritten.pop(written, None)
            written.set_result(done)

    def _write(self, *statements: Statement) -> bool:
        if not statements:
            return True
        try:
            with self._connection:
                for statement, row in statements:
                    self._connection.execute(statement, row)
        except sqlite3.Error as error:
            self._tell(str(error))
            return False
        self._tell(None)
        return True

    def _tell(self, trouble: str | None) -> None:
        """Report that the disk cannot be written, once, and once that it can be again."""
        if self._given_up:
            return
        if trouble != self.trouble and (trouble is None or self.trouble is None):
            self.report(trouble)
        self.trouble = trouble

    # --- reading -----------------------------------------------------------------------------------------------

    def size(self) -> "Future[int]":
        """Bytes of all that is written, without what was deleted and can be written over."""
        return self._ask(self._size)

    def _size(self) -> int:
        try:
            pages, free, bytes = (
                self._reader.execute(f"pragma {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        except sqlite3.Error:
            return 0
        return int((pages - free) * bytes)

    def has(self, code: str) -> bool:
        """Whether there is such a class. The codes are in memory: a guess reads nothing from the disk."""
        return code in self._rooms

    def overdue(self, before: float) -> list[str]:
        """The codes of classes that were last used before this time."""
        return [code for code, used_at in self._rooms.items() if used_at < before]

    async def load(self, code: str) -> Saved | None:
        """A class's last writing, when all that came before is written. Raises Unreadable or Unavailable."""
        if code not in self._rooms:
            return None
        await asyncio.wrap_future(self._submit(("", None)))
        return await asyncio.wrap_future(self._ask(lambda: self._read(code)))

    def _ask(self, errand: Callable[[], T]) -> "Future[T]":
        """Have something read."""
        read: Future[T] = Future()
        read.set_running_or_notify_cancel()
        self._reading.put(lambda: self._answer(errand, read))
        return read

    def _answer(self, errand: Callable[[], T], read: "Future[T]") -> None:
        try:
            found = errand()
        except Exception as error:
            if not self._given_up:
                read.set_exception(why(error))
        else:
            if not self._given_up:
                read.set_result(found)

    def _read(self, code: str) -> Saved | None:
        """The rows of a class as they were at one moment."""
        select, connection = "select {} where code = ?", self._reader
        connection.execute("begin")
        try:
            asked = select.format("token, data, used_at from classes")
            row = connection.execute(asked, (code,)).fetchone()
            if row is None:
                return None
            runs = connection.execute(select.format("owner, state from runs"), (code,)).fetchall()
            asked = select.format("owner, note from notes") + " order by number"
            notes = connection.execute(asked, (code,)).fetchall()
        finally:
            if connection.in_transaction:
                connection.execute("rollback")
        return saved(row, runs, notes)

    # --- the end -----------------------------------------------------------------------------------------------

    async def close(self, seconds: float) -> int:
        """Finish writing, for so long at most; the number of classes of which something is not on disk."""
        ended: Future[None] = Future()
        ended.set_running_or_notify_cancel()
        self._reading.put(self._reader.close)
        self._writing.put(lambda: self._end(ended))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.wrap_future(ended), seconds)
        self._given_up = True
        return len({code for code, _ in [*self._unwritten.values(), *list(self._failed)] if code})

    def _end(self, ended: "Future[None]") -> None:
        self._connection.close()
        os.close(self._claim)
        if not self._given_up:
            ended.set_result(None)


def begun(path: Path) -> tuple[sqlite3.Connection, dict[str, float]]:
    """The database, and when each class in it was last used. One that is none is set aside, and a new one begins."""
    try:
        return opened(path)
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # a disk, or another program's lock: the file may be well
            raise
        log.warning(DAMAGED, path, error, set_aside(path).name)
        return opened(path)


def opened(path: Path) -> tuple[sqlite3.Connection, dict[str, float]]:
    """Open or begin a database; what is newer than now, or no time at all, was used now."""
    make_private(path)
    connection = sqlite3.connect(path, check_same_thread=False, timeout=FILE_BUSY)
    try:
        bring_up(connection, path)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        with connection:
            now, ages = time.time(), "used_at > ? or used_at is null"
            connection.execute(f"update classes set used_at = ? where {ages}", (now, now))
        make_private(path)
        rooms: dict[str, float] = dict(connection.execute("select code, used_at from classes").fetchall())
    except BaseException:
        connection.close()
        raise
    return connection, rooms


def why(error: Exception) -> Exception:
    """What an error of a reading means: a lock or a disk in trouble may be gone soon, damage stays."""
    if isinstance(error, Unreadable):
        return error
    # An OperationalError without SQLite's own code is Python's, about a text that is none.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    passes = isinstance(error, sqlite3.OperationalError) and code & 0xFF != sqlite3.SQLITE_ERROR
    return (Unavailable if passes else Unreadable)(str(error))


def notes_away(code: str, owner: int) -> Statement:
    """A run's notes are void."""
    return "delete from notes where code = ? and owner = ?", (code, owner)
