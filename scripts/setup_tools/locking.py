"""Only one of us makes `.venv` at a time; the others wait."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

if os.name == "nt":
    import msvcrt
else:
    import fcntl

#: Seconds between two looks whether the lock is free again, where the system cannot wait by itself.
LOOK = 0.2


def taken(file: IO[str]) -> bool:
    """Take the lock, which ends with this process; whether that worked."""
    try:
        if os.name == "nt":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks
    return True


@contextlib.contextmanager
def alone(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold this file's lock; call `waiting` if another process has it. Raises OSError where it cannot be written."""
    with path.open("a", encoding="utf-8") as file:
        told = False
        while not taken(file):
            if not told:
                waiting()
                told = True
            time.sleep(LOOK)
        yield
