"""What is damaged on disk costs its own room only: who comes is told, and all others go on."""

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.engine import Experiment
from nablascope.server.classroom.saved import is_checkpoint, is_note
from nablascope.server.training import checkpoint, journal
from nablascope.server.training.run import TrainingRun
from nablascope.server.training.run_slot import as_json
from nablascope.server.wire.protocol import PULSE
from websockets.exceptions import ConnectionClosed

Open = Callable[..., Any]
NOTE = "insert into notes (code, owner, note) values (:code, 0, {})"
#: What happens to a room's rows.
DAMAGES = {
    "no JSON": "update classes set data = '{' where code = :code",
    "no UTF-8": "update classes set data = cast(x'ff80' as text) where code = :code",
    "no object": "update classes set data = '[1]' where code = :code",
    "nothing": "update classes set data = null where code = :code",
    "a text for a flag": "update classes set data = json_set(data, '$.locked', 'yes') where code = :code",
    "a member that is none": "update classes set data = json_set(data, '$.members[0]', 7) where code = :code",
    "a role that is none": "update classes set data = json_set(data, '$.members[0].role', 'king') where code = :code",
    "no token": "update classes set token = 'secret' where code = :code",
    "a truncated checkpoint": "update runs set state = substr(state, 1, length(state) - 100) where code = :code",
    "half a header": "update runs set state = substr(state, 1, 60) where code = :code",
    "no checkpoint": "update runs set state = zeroblob(2000) where code = :code",
    "a text for a checkpoint": "update runs set state = 'state' where code = :code",
    "a note that is none": NOTE.format("cast('xx' as blob)"),
    "a note of nothing": NOTE.format("cast('{\"steps\": \"many\"}' as blob)"),
}  # fmt: skip


def test_a_damaged_room_is_refused_with_a_word_and_the_others_go_on(
    serve: Open, client: Open, tmp_path: Path
) -> None:
    """Ten seconds: fourteen rooms, each damaged in its own way."""
    server = serve(data=tmp_path)
    rooms: dict[str, tuple[str, str]] = {}
    for name in (*DAMAGES, "none"):
        teacher = client(url=server.url, tab="t" * 16)
        welcome = teacher.event("welcome")
        rooms[name] = welcome["room"], welcome["token"]
        teacher.frame(PULSE, 30)
    server.stop()
    with contextlib.closing(sqlite3.connect(tmp_path / "rooms.sqlite3")) as disk:
        for name, statement in DAMAGES.items():
            changed = disk.execute(statement, {"code": rooms[name][0]})
            assert changed.rowcount == 1, name
        disk.commit()
    again = serve(data=tmp_path)
    well = client(*rooms.pop("none"), url=again.url)
    well.event("welcome")
    for name, room in rooms.items():
        for who in (room, (room[0], None)):
            comes = client(*who, url=again.url, tab="t" * 16)
            error = comes.event("error")
            assert (error["code"], error["field"]) == ("unreadable", "room"), name
            with pytest.raises(ConnectionClosed) as closed:
                comes.receive()
            assert closed.value.rcvd.code == 4404
            assert [event["type"] for event in comes.events] == ["error"]
    seen = len(well.frames)
    well.frame(PULSE, 30)
    assert len(well.frames) > seen
    assert not any(code in again.said for code, _ in rooms.values())


@pytest.mark.parametrize("cut", [30, 2000])
def test_a_student_whose_run_is_damaged_goes_on_with_the_class_and_is_told(
    serve: Open, open_class: Open, client: Open, tmp_path: Path, cut: int
) -> None:
    server = serve(data=tmp_path)
    lesson = open_class(url=server.url)
    lesson.forked("Ann").frame(PULSE, 30)
    server.stop()
    with contextlib.closing(sqlite3.connect(tmp_path / "rooms.sqlite3")) as disk:
        cutting = "update runs set state = substr(state, 1, length(state) - ?) where owner > 0"
        if cut == 30:
            cutting = "update runs set state = substr(state, 1, ?) where owner > 0"
        assert disk.execute(cutting, (cut,)).rowcount == 1
        disk.commit()
    again = serve(data=tmp_path)
    ann = client(lesson.code, url=again.url, tab=f"{'Ann':a<16}")
    ann.event("welcome")
    notice = ann.event("notice")
    assert notice["kind"] == "lost" and "could not be read" in notice["text"]
    ann.frame(PULSE, 30)
    assert ann.told("me", forked=False) and ann.told("class", forks=0)
    ann.send(type="fork")
    ann.event("moved", forked=True)


def opens(packed: bytes) -> bool:
    """Whether a training process could go on from these bytes."""
    try:
        checkpoint.unpack(packed, 0.0)
    except Exception:
        return False
    return True


def test_a_checkpoint_that_is_cut_anywhere_is_none() -> None:
    run = TrainingRun(Experiment(hidden=[3]), 0.0)
    run.trainer.run(5)
    packed = checkpoint.pack(run)
    assert is_checkpoint(packed)
    assert opens(packed)
    for end in range(0, len(packed), 7):
        assert not opens(packed[:end]), end


def test_what_a_run_notes_is_read_as_a_note() -> None:
    run = TrainingRun(Experiment(hidden=[3]), 0.0)
    commands: list[dict[str, Any]] = [
        {"type": "set", "changes": {"learning_rate": 0.5, "hidden": [3, 3]}, "reset": True, "id": None},
        {"type": "hold", "held": True}, {"type": "play", "id": 3}, {"type": "speed", "value": 6},
        {"type": "preset", "name": "First look"}, {"type": "advance", "steps": 7, "pictures": False},
    ]  # fmt: skip
    for command in commands:
        note = as_json(journal.note(run, command, 0.0))
        assert is_note(note), command
        told = json.loads(note)
        for field in told:
            assert not is_note(json.dumps({**told, field: "x"}).encode()), field
            assert not is_note(json.dumps({**told, field: []}).encode()), field
        assert not is_note(note[:-1]) and not is_note(note.decode())
