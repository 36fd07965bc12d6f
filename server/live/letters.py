"""Which viewers of a class have to be told what of it. The clock is handed in."""

from collections.abc import Mapping

from ..classroom import roll
from ..classroom.classroom import Classroom
from ..limits import COUNTED, PACE
from ..wire.policy import TEACHER
from .viewer import Viewer

Letter = tuple[Viewer, roll.Event]
#: Told at the next account, if it is too early for one.
PACED = ("class", "viewers", "members")


class Letters:
    """Compares the class with what each viewer, by their members' numbers, was told last."""

    def __init__(self, room: Classroom, viewers: Mapping[int, Viewer]) -> None:
        self._room, self._viewers = room, viewers
        self._told_at = -PACE
        #: The number of the last viewer who was told how many there are: at the next account it goes on behind it.
        self._counted = 0

    def due(self, arrived: list[Viewer], now: float) -> tuple[list[Letter], float | None]:
        """Who has to be told what, as it is now; and the time of the next account, where somebody waits for it."""
        early = now - self._told_at < PACE
        common, members = roll.common(self._room, len(self._viewers)), roll.members(self._room)
        letters: list[Letter] = []
        waits, new, counting = False, set(arrived), set() if early else self._next_to_count()
        for viewer in self._viewers.values():
            member = viewer.member
            if viewer in new:
                letters.append((viewer, roll.welcome(self._room, member, viewer.token)))
            for event in (
                *roll.personal(self._room, member, viewer in new),
                *common,
                *([members] * (member.role == TEACHER)),
            ):
                before = viewer.told.get(event["type"])
                if before == event:
                    continue
                later = early or (viewer not in counting and roll.only_counts(before, event))
                if later and viewer not in new and event["type"] in PACED:
                    waits = True
                    continue
                viewer.told[event["type"]] = event
                letters.append((viewer, event))
        if not early:
            self._told_at = now
        return letters, self._told_at + PACE if waits else None

    def _next_to_count(self) -> set[Viewer]:
        """Who is told at this account how many there are: teachers, and some others, one after the other."""
        teachers = {viewer for viewer in self._viewers.values() if viewer.member.role == TEACHER}
        others = {*self._viewers.values()} - teachers
        chosen = sorted(others, key=lambda one: (one.number <= self._counted, one.number))[:COUNTED]
        self._counted = chosen[-1].number if chosen else 0
        return teachers.union(chosen)
