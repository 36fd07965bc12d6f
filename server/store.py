"""Rooms on disk, so that a restart of the server loses nobody's run. SQLite: a row each for classes, runs, notes.

A run's row is its checkpoint, its notes are what it was told since. What is written is safe from the end of any
process, not from the machine's: a power cut may take the last moments.
"""

import json
import os
import sqlite3
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = """
create table if not exists classes (code text primary key, token blob, data text, used_at real);
create table if not exists runs (code text, owner integer, state blob, primary key (code, owner));
create table if not exists notes (code text, owner integer, number integer primary key, note blob);
drop table if exists rooms;
"""


def usual_folder() -> Path:
    """Where this system keeps a user's application data."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "nablascope"


@dataclass(frozen=True)
class Saved:
    """A class as it was last written: its teacher's token's digest, what it knows, its runs' checkpoints by owner.

    `notes` has, by owner, what each run was told since, the oldest first.
    """

    token: bytes
    data: dict[str, Any]
    used_at: float
    runs: dict[int, bytes]
    notes: dict[int, list[bytes]]


Statement = tuple[str, tuple[Any, ...]]


class Store:
    """Everything is done by a thread of its own, in order; who saves need not wait for it.

    What has come while the last writing went on is written in one go.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "rooms.sqlite3"
        self._connection = sqlite3.connect(self.path, check_same_thread=False, timeout=5)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.executescript(SCHEMA)
        self._thread = ThreadPoolExecutor(1, "nablascope-store")
        self._waiting: deque[tuple[tuple[Statement, ...], Future[bool]]] = deque()
        #: What keeps the disk from being written, and who is told when that changes, in the store's own thread.
        self.trouble: str | None = None
        self.report: Callable[[str | None], None] = lambda trouble: None

    def save_class(self, code: str, token: bytes, data: str, used_at: float) -> "Future[bool]":
        """Write a class; the future tells whether it is on disk."""
        row = (code, token, data, used_at)
        return self._submit(("insert or replace into classes values (?, ?, ?, ?)", row))

    def save_run(self, code: str, owner: int, state: bytes) -> "Future[bool]":
        """Write a run, soon, in place of its notes; the future tells whether it is on disk."""
        return self._submit(
            ("insert or replace into runs values (?, ?, ?)", (code, owner, state)), notes_away(code, owner)
        )

    def save_note(self, code: str, owner: int, note: bytes) -> "Future[bool]":
        """Write what a run was told after its last checkpoint; the future tells whether it is on disk."""
        return self._submit(("insert into notes (code, owner, note) values (?, ?, ?)", (code, owner, note)))

    def drop_run(self, code: str, owner: int) -> None:
        """A run is no more."""
        self._submit(("delete from runs where code = ? and owner = ?", (code, owner)), notes_away(code, owner))

    def _submit(self, *statements: Statement) -> "Future[bool]":
        written: Future[bool] = Future()
        self._waiting.append((statements, written))
        self._thread.submit(self._write_all)
        return written

    def _write_all(self) -> None:
        """All that waits, in one transaction; one by one, if one of them cannot be written."""
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not taken:
            return
        well = self._write(*(statement for statements, _ in taken for statement in statements))
        for statements, written in taken:
            written.set_result(well or (len(taken) > 1 and self._write(*statements)))

    def _write(self, *statements: Statement) -> bool:
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
        if trouble != self.trouble and (trouble is None or self.trouble is None):
            self.report(trouble)
        self.trouble = trouble

    def forget(self, code: str) -> None:
        """A class and its runs are no more."""
        self._submit(*((f"delete from {table} where code = ?", (code,)) for table in ("classes", "runs", "notes")))

    def sweep(self, age: float) -> None:
        """Classes that were not used for so many seconds are no more, and runs without a class."""
        orphans = "delete from {} where code not in (select code from classes)"
        self._submit(
            ("delete from classes where used_at < ?", (time.time() - age,)),
            (orphans.format("runs"), ()),
            (orphans.format("notes"), ()),
        )

    def size(self) -> "Future[int]":
        """Bytes of all that is written, without what was deleted and can be written over."""
        return self._thread.submit(self._size)

    def _size(self) -> int:
        try:
            pages, free, bytes = (
                self._connection.execute(f"pragma {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        except sqlite3.Error:
            return 0
        return int((pages - free) * bytes)

    def has(self, code: str) -> bool:
        """Whether there is such a class."""
        return self._thread.submit(self._known, code).result()

    def _known(self, code: str) -> bool:
        try:
            return self._connection.execute("select 1 from classes where code = ?", (code,)).fetchone() is not None
        except sqlite3.Error:
            return False

    def load(self, code: str) -> Saved | None:
        """A class's last writing."""
        return self._thread.submit(self._read, code).result()  # after what is still being written

    def _read(self, code: str) -> Saved | None:
        try:
            asked = "select token, data, used_at from classes where code = ?"
            row = self._connection.execute(asked, (code,)).fetchone()
            runs = self._connection.execute("select owner, state from runs where code = ?", (code,)).fetchall()
            asked = "select owner, note from notes where code = ? order by number"
            told = self._connection.execute(asked, (code,)).fetchall()
        except sqlite3.Error as error:
            self._tell(str(error))
            return None
        notes: dict[int, list[bytes]] = {}
        for owner, note in told:
            notes.setdefault(owner, []).append(note)
        return None if row is None else Saved(row[0], json.loads(row[1]), row[2], dict(runs), notes)

    def close(self) -> None:
        """Finish writing."""
        self._thread.shutdown(wait=True)
        self._connection.close()


def notes_away(code: str, owner: int) -> Statement:
    """A run's notes are void."""
    return "delete from notes where code = ? and owner = ?", (code, owner)
