"""The processes that a server has begun, as Linux tells of them."""

from pathlib import Path

import pytest


def children(pid: int) -> list[int]:
    """Of a process; on other systems the test is skipped."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("needs Linux's /proc")
    return [int(child) for child in listed.read_text().split()]


def spawned(pid: int) -> list[int]:
    """Its children that train or compute, the oldest first."""
    return [child for child in children(pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def alive(pid: int) -> bool:
    """Whether it still runs; one that nobody has waited for does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
