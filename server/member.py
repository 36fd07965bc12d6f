"""A member of a class: one browser tab, and what is known of it. Pure."""

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 24
KEPT = ("number", "role", "name", "named", "hand", "forked")


def digest(secret: str) -> bytes:
    """What is kept of a token, or of a tab's secret."""
    return hashlib.sha256(secret.encode()).digest()


def name_of(text: str | None) -> str | None:
    """A nickname as it is shown: one line, nothing invisible; None when nothing is left.

    >>> name_of("  Ann\\n Lee")
    'Ann Lee'
    """
    if text is None:
        return None
    shown = "".join(" " if character.isspace() else character for character in unicodedata.normalize("NFC", text))
    shown = "".join(character for character in shown if unicodedata.category(character)[0] != "C")
    return " ".join(shown.split())[:LONGEST_NAME].strip() or None


@dataclass
class Member:
    """One browser tab in a class."""

    number: int
    role: str
    tab: bytes | None = None
    name: str | None = None
    #: The teacher has named them: they do not do it themselves any more.
    named: bool = False
    hand: bool = False
    forked: bool = False
    connected: bool = False

    def to_data(self) -> dict[str, Any]:
        """JSON, without whether they are there."""
        return {**{name: getattr(self, name) for name in KEPT}, "tab": None if self.tab is None else self.tab.hex()}

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> "Member":
        """The reverse."""
        return cls(**{**data, "tab": None if data["tab"] is None else bytes.fromhex(data["tab"])})
