"""How long each test took, as a table that every run leaves behind: `build/durations.csv`, the longest first."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

TABLE = Path(__file__).resolve().parents[2] / "build" / "durations.csv"

#: Seconds of each test, with its fixtures.
_seconds: dict[str, float] = defaultdict(float)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what a test, its fixtures' start and their end took."""
    _seconds[report.nodeid] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the table; of several processes only the one that hears of all tests does."""
    if hasattr(session.config, "workerinput") or not _seconds:
        return
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("seconds", "file", "test"))
        for test, seconds in sorted(_seconds.items(), key=lambda entry: -entry[1]):
            table.writerow((f"{seconds:.2f}", *test.split("::", 1)))
