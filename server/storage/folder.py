"""The data folder: where it usually is, that one server at a time has it, and that only its owner reads the rooms."""

import contextlib
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: Locked by the server that has the folder. The system ends the lock with the process, however that ends.
LOCK = "server.lock"
TAKEN = (
    "another Nablascope server keeps its rooms in {}, and two would overwrite each other's. "
    "End the other server, or give this one a folder of its own with --data (or none, with --no-data)."
)


class FolderRefused(Exception):
    """A server must not start with this folder; the text says why, and what to do."""


def usual_folder() -> Path:
    """Where this system keeps a user's application data."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "nablascope"


def claim(folder: Path) -> int:
    """Take the folder for this process; the descriptor that holds it. Raises FolderRefused when another has it.

    No other process inherits the descriptor, so the folder is free as soon as this process has ended.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError | PermissionError):
            raise FolderRefused(TAKEN.format(folder)) from None
        raise
    return descriptor


def make_private(path: Path) -> None:
    """A database and its companions are for their owner alone, also in a folder that others may enter."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for file in companions(path):
        with contextlib.suppress(OSError):  # there is none yet, or it belongs to somebody else
            file.chmod(0o600)


def set_aside(path: Path) -> Path:
    """Rename a database that cannot be read, so that another can begin; nothing is overwritten."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for file, renamed in zip(companions(path), companions(aside), strict=True):
        with contextlib.suppress(FileNotFoundError):
            file.rename(renamed)
    return aside


def companions(path: Path) -> list[Path]:
    """A database, and the files that SQLite keeps beside it."""
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
