"""A room ends a day after a teacher was last there, however the time of day is set meanwhile."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nablascope.server.limits import CLOCK_SET
from nablascope.server.live.ages import Ages
from nablascope.server.wire.protocol import PULSE
from programs import program

Open = Callable[..., Any]
DAY = 24 * 3600.0


def test_a_clock_that_is_set_is_told_from_one_that_drifts() -> None:
    ages = Ages(1000.0, 50.0, 600.0)
    assert ages.jump(1060.0, 110.0) == 0.0
    assert ages.jump(1120.0 + CLOCK_SET / 2, 170.0) == 0.0
    assert ages.jump(1180.0 + 2 * DAY, 230.0) == 2 * DAY
    assert ages.jump(1240.0 + 2 * DAY, 290.0) == 0.0
    assert ages.jump(1300.0, 350.0) == -2 * DAY
    assert ages.jump(1300.0 + DAY, 350.0 + DAY) == 0.0  # the machine slept: both have gone on


def test_a_room_is_over_when_it_was_too_old_at_every_look_for_long_enough() -> None:
    ages = Ages(0.0, 0.0, 600.0)
    assert ages.due(["OLD", "BACK"], 0.0) == []
    assert ages.due(["OLD", "BACK"], 300.0) == []
    assert ages.due(["OLD"], 540.0) == []
    assert ages.due(["OLD", "BACK"], 600.0) == ["OLD"]
    assert ages.due(["OLD", "BACK"], 1140.0) == ["OLD"]
    assert ages.due(["BACK"], 1200.0) == ["BACK"]
    assert ages.due([], 1260.0) == [] == ages.due(["BACK"], 1320.0)


def test_a_clock_that_jumps_by_two_days_ends_no_room(
    serve: Open, open_class: Open, client: Open, tmp_path: Path
) -> None:
    data, jump = tmp_path / "data", tmp_path / "jump"
    first = serve(data=data)
    asleep = open_class(url=first.url)
    asleep.teacher.frame(PULSE, 30)
    first.stop()
    changed = program(
        tmp_path, "hub.SWEEP, hub.SECOND_LOOK = 0.1, 0.4", "import pathlib, time",
        f"real, jumped = time.time, pathlib.Path({str(jump)!r})",
        "time.time = lambda: real() + (float(jumped.read_text()) if jumped.exists() else 0)",
    )  # fmt: skip
    server = serve(data=data, program=changed)
    lesson = open_class(url=server.url)
    ann = lesson.student("Ann")
    lesson.teacher.close()
    ann.event("class", teacher=False)
    for days in (2, 0):
        (tmp_path / "new").write_text(str(days * DAY))
        (tmp_path / "new").rename(jump)
        time.sleep(1)  # ten looks, and more than twice the patience
        assert client(asleep.code, asleep.token, url=server.url).event("welcome")["room"] == asleep.code
        assert client(lesson.code, url=server.url).event("welcome")["room"] == lesson.code
    assert not any(event["type"] == "error" for event in ann.events)
