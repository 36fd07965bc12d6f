"""The processes that a server has begun, as Linux tells of them, and what they leave in its log."""

import re
import time
from pathlib import Path

#: The last words of a process whose parent is killed within the milliseconds between its birth and what it is to do.
ORPHANED = re.compile(r"Traceback .*\n(?: .*\n)*? .* in spawn_main\n(?: .*\n)+EOFError: Ran out of input\n")


def children(pid: int) -> list[int]:
    """Of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def workers(pid: int) -> list[int]:
    """A server's training processes, the oldest first."""
    return [child for child in children(pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def age(pid: int) -> float:
    """Seconds since it began."""
    return time.time() - Path(f"/proc/{pid}").stat().st_ctime


def alive(pid: int) -> bool:
    """Whether it still runs; one that nobody has waited for does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def resident(pid: int) -> float:
    """MB of a process that are in memory."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def descriptors(pid: int) -> int:
    """How many a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def broken(log: str) -> bool:
    """Whether a traceback stands in a server's log, apart from those of processes that were orphaned at birth."""
    return "Traceback" in ORPHANED.sub("", log)
