"""Rooms by their codes, held by a machine that tries every order of events."""

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from nablascope.server.classroom.classroom import Classroom
from nablascope.server.classroom.member import digest
from nablascope.server.classroom.rooms import ALPHABET, Rooms
from nablascope.server.limits import MOST_ROOMS
from nablascope.server.wire.refusal import Refused


class RoomMachine(RuleBasedStateMachine):
    """Rooms open and close, and come back under their old codes."""

    opened = Bundle("opened")
    closed = Bundle("closed")

    def __init__(self) -> None:
        super().__init__()
        self.rooms = Rooms()

    @rule(target=opened)
    def open(self) -> Classroom:
        room, token = self.rooms.open()
        assert room.token == digest(token) and len(token) >= 22
        return room

    @rule(target=closed, room=consumes(opened))
    def close(self, room: Classroom) -> Classroom:
        self.rooms.close(room)
        assert self.rooms.find(room.code) is None
        return room

    @rule(target=opened, room=consumes(closed), other=st.binary(max_size=3))
    def come_back(self, room: Classroom, other: bytes) -> Classroom:
        return self.rooms.add(Classroom(room.code, room.token))

    @invariant()
    def every_room_is_found_by_its_code(self) -> None:
        rooms = list(self.rooms)
        assert len({room.code for room in rooms}) == len(self.rooms)
        for room in rooms:
            assert self.rooms.find(room.code) is room
            assert len(room.code) == 6 and set(room.code) <= set(ALPHABET)


TestRooms = RoomMachine.TestCase


def test_there_is_an_end_to_the_number_of_rooms() -> None:
    rooms = Rooms()
    for _ in range(MOST_ROOMS):
        rooms.open()
    with pytest.raises(Refused, match="at most 200 rooms"):
        rooms.open()
