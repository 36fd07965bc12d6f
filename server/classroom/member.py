"""A member of a class: one browser tab, and what is known of it. Pure."""

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 24
#: What asks its neighbours to join, or not to: the zero width joiner and non-joiner.
JOINERS = "\u200c\u200d"
#: Invisible, though Unicode counts them among letters, symbols and marks: fillers of Hangul, the blank of Braille, a
#: note without a head, the place of an object, blanks of Egyptian; vowels of Khmer, a joiner of marks, variants
BLANK = frozenset(
    "\u115f\u1160\u3164\uffa0\u2800\U0001d159\ufffc\U00013441\U00013442\u17b4\u17b5\u034f\u180b\u180c\u180d\u180f"
)
KEPT = ("number", "role", "name", "named", "hand", "forked")


def digest(secret: str) -> bytes:
    """What is kept of a token, or of a tab's secret."""
    return hashlib.sha256(secret.encode()).digest()


def name_of(text: str | None) -> str | None:
    """A nickname as it is shown: one line, nothing invisible; None when nothing is left.

    A mark belongs to the letter before it and is left out where there is none. A joiner, invisible itself, changes
    how its neighbours look, as in Persian, in Indian scripts and in emoji: it is kept between two that can be seen.

    >>> name_of("  Ann\\n Lee")
    'Ann Lee'
    """
    shown, joiner = "", ""
    for character in unicodedata.normalize("NFC", text or ""):
        category = unicodedata.category(character)[0]
        if character.isspace():
            shown, joiner = shown + " ", ""
        elif character in JOINERS:
            joiner = character
        elif category == "C" or character in BLANK or (category == "M" and shown[-1:] in ("", " ")):
            continue
        else:
            shown, joiner = shown + (joiner if shown[-1:] not in ("", " ") else "") + character, ""
    return " ".join(shown.split())[:LONGEST_NAME].strip(f" {JOINERS}") or None


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
    #: Where they were last, as `throttle.site_of` has it; never kept on disk.
    site: str = ""

    def to_data(self) -> dict[str, Any]:
        """JSON, without whether they are there."""
        return {**{name: getattr(self, name) for name in KEPT}, "tab": None if self.tab is None else self.tab.hex()}

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> "Member":
        """The reverse."""
        return cls(**{**data, "tab": None if data["tab"] is None else bytes.fromhex(data["tab"])})
