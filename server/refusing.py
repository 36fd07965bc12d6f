"""A refusal on its way to whoever asked."""

from typing import Any

from .policy import CANNOT_BE
from .run import RoomRun


def refuse(run: RoomRun, asker: object, command: dict[str, Any], field: str, was: object, expected: str) -> None:
    """Tell the asker what was wrong."""
    shown = repr(was)
    event = {
        "type": "error", "command": command.get("id"), "code": CANNOT_BE, "field": field,
        "was": shown if len(shown) <= 200 else shown[:199] + "…", "expected": expected,
        "message": f"{field}: was {shown[:200]}, expected {expected}",
    }  # fmt: skip
    run.outbox.append(("reply", asker, event))
