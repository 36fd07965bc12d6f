"""Rooms: who may do what, held by a machine that tries every order of events."""

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from nablascope.server.rooms import ALPHABET, DRIVER, POLICY, WATCHER, Room, RoomError, Rooms, allowed


class RoomMachine(RuleBasedStateMachine):
    """Rooms open and close, people come and go."""

    opened = Bundle("opened")
    members = Bundle("members")

    def __init__(self) -> None:
        super().__init__()
        self.rooms: Rooms[int] = Rooms()
        self.count = 0

    @rule(target=opened)
    def open(self) -> tuple[Room[int], str]:
        return self.rooms.open()

    @rule(target=members, room=opened, right=st.booleans(), wrong=st.none() | st.text(max_size=30))
    def join(self, room: tuple[Room[int], str], right: bool, wrong: str | None) -> tuple[Room[int], int]:
        self.count += 1
        token = room[1] if right else wrong
        role = self.rooms.join(room[0], self.count, token)
        assert role == (DRIVER if token == room[1] else WATCHER)
        return room[0], self.count

    @rule(member=consumes(members))
    def leave(self, member: tuple[Room[int], int]) -> None:
        self.rooms.leave(*member)
        assert member[1] not in member[0].members

    @rule(room=consumes(opened))
    def close(self, room: tuple[Room[int], str]) -> None:
        self.rooms.close(room[0])
        assert self.rooms.find(room[0].code) is None
        assert self.rooms.numbered(room[0].number) is None

    @invariant()
    def every_room_is_found_by_code_and_by_number(self) -> None:
        rooms = list(self.rooms)
        assert len({room.code for room in rooms}) == len({room.number for room in rooms}) == len(self.rooms)
        for room in rooms:
            assert self.rooms.find(room.code) is room
            assert self.rooms.numbered(room.number) is room
            assert len(room.code) == 6 and set(room.code) <= set(ALPHABET)


TestRooms = RoomMachine.TestCase


def test_a_watcher_may_ask_but_not_drive() -> None:
    assert {command for command in POLICY if allowed(WATCHER, command)} == {
        "ack",
        "history",
        "ask",
        "cancel",
        "again",
    }
    assert all(allowed(DRIVER, command) for command in POLICY)
    assert not allowed(DRIVER, "anything else")


def test_there_is_an_end_to_the_number_of_rooms() -> None:
    rooms: Rooms[int] = Rooms()
    for _ in range(200):
        rooms.open()
    with pytest.raises(RoomError, match="at most 200 rooms"):
        rooms.open()
