"""The processes that a server has begun, as the benchmarks find them; without /proc a test is skipped."""

import os
from pathlib import Path

import family
import pytest
from family import alive

__all__ = ["alive", "children", "resident", "spawned"]


def told(pid: int) -> None:
    """Skip the test on other systems."""
    if not Path(f"/proc/{pid}/task/{pid}/children").exists():
        pytest.skip("needs Linux's /proc")


def children(pid: int) -> list[int]:
    """Of a process."""
    told(pid)
    return family.children(pid)


def spawned(pid: int) -> list[int]:
    """Its children that train or compute, the oldest first."""
    told(pid)
    return family.workers(pid)


def resident(pid: int) -> int:
    """Bytes that a process has in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
