"""Every refusal carries a code for programs beside its words for people."""

from collections.abc import Callable
from typing import Any

from nablascope.server.wire.policy import POLICY
from nablascope.server.wire.refusal import REFUSALS, Refused

Open = Callable[..., Any]


def test_a_refusal_of_each_kind_carries_its_code(lesson: Any, client: Open) -> None:
    teacher, ann = lesson.teacher, lesson.student("Ann")
    seen: list[str] = []

    def refused(viewer: Any, **command: Any) -> None:
        viewer.send(**command, id=len(seen))
        error = viewer.event("error", command=len(seen))
        assert set(error) == {"epoch", "seq", "type", "command", "code", "field", "was", "expected", "message"}
        seen.append(error["code"])

    def outside(viewer: Any) -> None:
        seen.append(viewer.event("error")["code"])

    refused(ann, type="fly")
    refused(ann, type="speed", value="fast")
    refused(ann, type="lock", locked=True)
    refused(ann, type="ask", what="landscape")
    refused(ann, type="ask", what="the time")
    refused(ann, type="vote", option=0)
    refused(teacher, type="set", changes={"learning_rate": -1.0})
    refused(teacher, type="rewind")
    refused(teacher, type="ask", what="range_test", about={"steps": "many"})
    assert seen == [
        "malformed", "malformed", "not_yours", "not_yours", "malformed", "cannot_be", "cannot_be", "cannot_be",
        "cannot_be",
    ]  # fmt: skip
    seen.clear()
    for _ in range(20 * POLICY["name"].rate):
        teacher.send(type="name", name="T")
    seen.append(teacher.event("error")["code"])
    outside(client("ZZZZZZ"))
    lesson.student("Ann")
    outside(ann)
    teacher.send(type="lock", locked=True)
    ann = lesson.student("Ann")
    ann.told("class", locked=True)
    outside(lesson.enter("Late"))
    teacher.send(type="remove", member=ann.number)
    outside(ann)
    outside(lesson.enter("Ann"))
    assert seen == ["too_often", "no_room", "second_tab", "locked", "removed", "removed"]
    others = {"malformed", "not_yours", "cannot_be", "too_many_codes", "full", "busy", "unreadable"}
    assert set(seen) | others == set(REFUSALS)


def test_a_refusal_has_one_of_the_codes() -> None:
    assert Refused("member", 7, "a member").code in REFUSALS
