"""The classes that go on, by their codes; others are on disk."""

from collections.abc import Iterator

from ..classroom.codes import new_code
from ..limits import MOST_ROOMS
from ..wire.refusal import FULL, Refused
from .lesson import Lesson


class Registry:
    """Which class a code leads to. The one place that knows."""

    def __init__(self) -> None:
        self._by_code: dict[str, Lesson] = {}

    def __iter__(self) -> Iterator[Lesson]:
        return iter(list(self._by_code.values()))

    def __len__(self) -> int:
        return len(self._by_code)

    def find(self, code: str) -> Lesson | None:
        """By code."""
        return self._by_code.get(code)

    def free_code(self) -> str:
        """A code that no class here has."""
        while (code := new_code()) in self._by_code:
            pass
        return code

    def add(self, lesson: Lesson) -> None:
        """A new class, or one that was there before. Raises Refused when there are too many."""
        if len(self._by_code) >= MOST_ROOMS:
            raise Refused("room", "one more", f"at most {MOST_ROOMS} rooms on this server", FULL)
        self._by_code[lesson.code] = lesson

    def remove(self, lesson: Lesson) -> None:
        """It does not go on here any more."""
        self._by_code.pop(lesson.code, None)
