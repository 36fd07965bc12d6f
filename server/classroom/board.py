"""The cards of a class: which are new since they were last told. Pure."""

from typing import Any

from .classroom import Classroom
from .roll import Event, name

Card = dict[str, Any]


class Board:
    """The last card of each fork, by its member's number."""

    def __init__(self) -> None:
        self._cards: dict[int, Card] = {}
        self._new: set[int] = set()
        self._gone: set[int] = set()

    @property
    def due(self) -> bool:
        """Whether there is something to tell."""
        return bool(self._new or self._gone)

    def put(self, member: int, card: Card) -> None:
        """What a member's run looks like now."""
        self._cards[member] = {"name": None, **self._cards.get(member, {}), **card}
        self._new.add(member)
        self._gone.discard(member)

    def drop(self, member: int) -> None:
        """That run is no more."""
        if self._cards.pop(member, None) is not None:
            self._new.discard(member)
            self._gone.add(member)

    def name_all(self, room: Classroom) -> None:
        """Cards whose names are others now are told anew."""
        for member, card in self._cards.items():
            shown = name(room, member) if member in room.members else None
            if card["name"] != shown:
                self._cards[member] = {**card, "name": shown}
                self._new.add(member)

    def all(self, room: Classroom) -> Event:
        """Every card, for whoever comes."""
        return self._event(room, self._cards.keys(), set())

    def take(self, room: Classroom) -> Event:
        """What has changed since the last call."""
        event = self._event(room, sorted(self._new), self._gone)
        self._new, self._gone = set(), set()
        return event

    def _event(self, room: Classroom, members: Any, gone: set[int]) -> Event:
        self.name_all(room)
        cards = [{"member": member, **self._cards[member]} for member in members if member in room.members]
        return {"type": "board", "cards": cards, "gone": sorted(gone)}
