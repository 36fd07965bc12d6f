"""Rooms on disk, so that a restart of the server loses nobody's run. SQLite, one row a room."""

import os
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

#: Seconds after which a room that nobody came back to is forgotten.
KEPT = 24 * 3600.0
SCHEMA = "create table if not exists rooms (code text primary key, token blob, state blob, saved_at real)"


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
    """A room as it was last written: its driver's token's digest, and its run's checkpoint."""

    token: bytes
    state: bytes


class Store:
    """Everything is done by a thread of its own, in order; `save` does not wait for it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "rooms.sqlite3"
        self._connection = sqlite3.connect(self.path, check_same_thread=False, timeout=5)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        with self._connection:
            self._connection.execute(SCHEMA)
            self._connection.execute("delete from rooms where saved_at < ?", (time.time() - KEPT,))
        self._thread = ThreadPoolExecutor(1, "nablascope-store")

    def save(self, code: str, token: bytes, state: bytes) -> None:
        """Write a room, soon."""
        self._thread.submit(self._write, code, token, state)

    def _write(self, code: str, token: bytes, state: bytes) -> None:
        with self._connection:
            row = (code, token, state, time.time())
            self._connection.execute("insert or replace into rooms values (?, ?, ?, ?)", row)

    def load(self, code: str) -> Saved | None:
        """A room's last writing, if it is not too old."""
        return self._thread.submit(self._read, code).result()  # after what is still being written

    def _read(self, code: str) -> Saved | None:
        asked = "select token, state from rooms where code = ? and saved_at >= ?"
        row = self._connection.execute(asked, (code, time.time() - KEPT)).fetchone()
        return None if row is None else Saved(*row)

    def close(self) -> None:
        """Finish writing."""
        self._thread.shutdown(wait=True)
        self._connection.close()
