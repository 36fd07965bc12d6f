"""Rooms on disk, so that a restart of the server loses nobody's run. SQLite: a row a class, and a row a run."""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = """
create table if not exists classes (code text primary key, token blob, data text, used_at real);
create table if not exists runs (code text, owner integer, state blob, primary key (code, owner));
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
    """A class as it was last written: its teacher's token's digest, what it knows, its runs' checkpoints by owner."""

    token: bytes
    data: dict[str, Any]
    used_at: float
    runs: dict[int, bytes]


class Store:
    """Everything is done by a thread of its own, in order; who saves need not wait for it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "rooms.sqlite3"
        self._connection = sqlite3.connect(self.path, check_same_thread=False, timeout=5)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.executescript(SCHEMA)
        self._thread = ThreadPoolExecutor(1, "nablascope-store")
        #: What keeps the disk from being written, and who is told when that changes, in the store's own thread.
        self.trouble: str | None = None
        self.report: Callable[[str | None], None] = lambda trouble: None

    def save_class(self, code: str, token: bytes, data: str, used_at: float) -> "Future[bool]":
        """Write a class; the future tells whether it is on disk."""
        row = (code, token, data, used_at)
        return self._thread.submit(self._write, ("insert or replace into classes values (?, ?, ?, ?)", row))

    def save_run(self, code: str, owner: int, state: bytes) -> "Future[bool]":
        """Write a run, soon; the future tells whether it is on disk."""
        return self._thread.submit(
            self._write, ("insert or replace into runs values (?, ?, ?)", (code, owner, state))
        )

    def drop_run(self, code: str, owner: int) -> None:
        """A run is no more."""
        self._thread.submit(self._write, ("delete from runs where code = ? and owner = ?", (code, owner)))

    def _write(self, *statements: tuple[str, tuple[Any, ...]]) -> bool:
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
        self._thread.submit(
            self._write, ("delete from classes where code = ?", (code,)), ("delete from runs where code = ?", (code,))
        )

    def sweep(self, age: float) -> None:
        """Classes that were not used for so many seconds are no more, and runs without a class."""
        self._thread.submit(
            self._write,
            ("delete from classes where used_at < ?", (time.time() - age,)),
            ("delete from runs where code not in (select code from classes)", ()),
        )

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
        except sqlite3.Error as error:
            self._tell(str(error))
            return None
        return None if row is None else Saved(row[0], json.loads(row[1]), row[2], dict(runs))

    def close(self) -> None:
        """Finish writing."""
        self._thread.shutdown(wait=True)
        self._connection.close()
