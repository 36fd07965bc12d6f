"""Rooms on disk, so that a restart of the server loses nobody's run. SQLite: a row a class, and a row a run."""

import json
import os
import sqlite3
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Seconds after which a room that nobody came back to is forgotten.
KEPT = 24 * 3600.0
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
        self._forget("used_at < ?", time.time() - KEPT)
        self._thread = ThreadPoolExecutor(1, "nablascope-store")

    def save_class(self, code: str, token: bytes, data: str, used_at: float) -> "Future[None]":
        """Write a class; it is on disk when the future is done."""
        row = (code, token, data, used_at)
        return self._thread.submit(self._write, "insert or replace into classes values (?, ?, ?, ?)", row)

    def save_run(self, code: str, owner: int, state: bytes) -> None:
        """Write a run, soon."""
        self._thread.submit(self._write, "insert or replace into runs values (?, ?, ?)", (code, owner, state))

    def drop_run(self, code: str, owner: int) -> None:
        """A run is no more."""
        self._thread.submit(self._write, "delete from runs where code = ? and owner = ?", (code, owner))

    def _write(self, statement: str, row: tuple[Any, ...]) -> None:
        with self._connection:
            self._connection.execute(statement, row)

    def forget(self, code: str) -> None:
        """A class and its runs are no more."""
        self._thread.submit(self._forget, "code = ?", code)

    def _forget(self, which: str, value: object) -> None:
        with self._connection:
            self._connection.execute(f"delete from classes where {which}", (value,))
            self._connection.execute("delete from runs where code not in (select code from classes)")

    def load(self, code: str) -> Saved | None:
        """A class's last writing, if it is not too old."""
        return self._thread.submit(self._read, code).result()  # after what is still being written

    def _read(self, code: str) -> Saved | None:
        asked = "select token, data from classes where code = ? and used_at >= ?"
        row = self._connection.execute(asked, (code, time.time() - KEPT)).fetchone()
        if row is None:
            return None
        runs = self._connection.execute("select owner, state from runs where code = ?", (code,))
        return Saved(row[0], json.loads(row[1]), dict(runs.fetchall()))

    def close(self) -> None:
        """Finish writing."""
        self._thread.shutdown(wait=True)
        self._connection.close()
