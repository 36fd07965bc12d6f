"""Frames on the short way: at once, never ahead of an event, and a crowd's pulses as often as there is time."""

import asyncio
import time
from typing import Any

import loops
import pytest
from nablascope.server.classroom.member import Member
from nablascope.server.live.handing import CALLED, SHARE, Handing
from nablascope.server.live.lag import EVERY, Lag
from nablascope.server.live.mailbox import Mailbox
from nablascope.server.live.runs import Run
from nablascope.server.live.viewer import Viewer
from nablascope.server.wire.policy import TEACHER
from nablascope.server.wire.protocol import PULSE, Header


class Line:
    """What a connection's protocol is to a viewer."""

    def __init__(self) -> None:
        self.idle, self.sent = True, []

    def put(self, frame: bytes) -> None:
        self.sent.append(frame)


def pulse(number: int) -> bytes:
    return Header(PULSE, number=number).pack()


def on_a_line() -> tuple[Viewer, Line]:
    viewer, line = Viewer(1), Line()
    viewer.line = line  # type: ignore[assignment]
    return viewer, line


def test_a_frame_leaves_at_once_and_wakes_nobody() -> None:
    viewer, line = on_a_line()
    viewer.show(pulse(1))
    assert len(line.sent) == 1 and not viewer.bell.is_set()


@pytest.mark.parametrize(
    "why", ["an event waits", "the writer is sending", "the last message has not left", "no line"]
)
def test_a_frame_waits_for_the_writer_where_it_would_come_out_of_turn(why: str) -> None:
    viewer, line = on_a_line()
    if why == "an event waits":
        viewer.tell({"type": "beat"})
    elif why == "the writer is sending":
        viewer.writing = True
    elif why == "the last message has not left":
        line.idle = False
    else:
        viewer.line = None
    viewer.show(pulse(1))
    assert not line.sent and viewer.bell.is_set() and viewer.mailbox.slots


class Slow:
    """A viewer that takes a while to be shown something."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.seen = seconds, []

    def show(self, frame: bytes) -> None:
        time.sleep(self.seconds)
        self.seen.append(frame)


def test_a_crowd_gets_the_newest_pulses_and_leaves_time() -> None:
    async def run() -> None:
        handing, viewer = Handing(), Slow(0.02)
        began = time.perf_counter()
        for number in range(100):
            handing.pulse([viewer], pulse(number))  # type: ignore[list-item]
            await asyncio.sleep(0.005)
        share = 0.02 * len(viewer.seen) / (time.perf_counter() - began)
        assert len(viewer.seen) > 1 and share < SHARE + 0.1
        await asyncio.sleep(0.1)
        assert viewer.seen[-1] == pulse(99)  # what is left over is handed out when there is time
        assert viewer.seen == sorted(viewer.seen, key=lambda frame: [pulse(n) for n in range(100)].index(frame))

    loops.run(run())


def test_what_waits_goes_before_an_event() -> None:
    async def run() -> None:
        handing, viewer = Handing(), Slow(0.05)
        viewers: Any = [viewer]
        handing.pulse(viewers, pulse(1))
        handing.pulse(viewers, pulse(2))
        assert viewer.seen == [pulse(1)]
        handing.flush(viewers)
        assert viewer.seen == [pulse(1), pulse(2)]
        await asyncio.sleep(0.3)
        assert len(viewer.seen) == 2  # and not once more

    loops.run(run())


def test_lag_is_what_the_loop_was_late() -> None:
    async def run() -> None:
        lag = Lag()
        watching = asyncio.create_task(lag.watch())
        await asyncio.sleep(2.5 * EVERY)
        time.sleep(1.0)
        await asyncio.sleep(2.5 * EVERY)
        assert 0.2 < lag.seconds < 2  # of a few looks, one was late by a second
        watching.cancel()

    loops.run(run())


def frames_within_seconds(late: float, taken_off: float) -> int:
    """Of 250 frames of 16 KB, 25 a second, those that leave, when every fourth is acknowledged, read late."""
    box, answers, gone = Mailbox(), [], 0
    for number in range(250):
        now = number / 25
        while answers and answers[0][0] <= now:
            at, seq = answers.pop(0)
            box.acknowledge(seq, at - taken_off)
        box.put_frame(PULSE, pulse(number) + bytes(16_000))
        if box.take_frame(now) is not None:
            gone += 1
            if gone % 4 == 0:
                answers.append((now + 0.01 + late, gone))
    return gone


def test_a_late_server_does_not_take_a_line_for_slow() -> None:
    assert frames_within_seconds(0, 0) == 250
    assert frames_within_seconds(0.4, 0.4) > 2 * frames_within_seconds(0.4, 0)  # the window is all that holds it back


def test_an_event_calls_a_crowd_a_few_at_a_time_and_teachers_first() -> None:
    async def hand_out() -> None:
        run = Run(1, None, 0)  # type: ignore[arg-type]
        students = [Viewer(number, member=Member(number, "student")) for number in range(3 * CALLED)]
        teacher = Viewer(1000, member=Member(1000, TEACHER))
        for viewer in (*students, teacher):
            viewer.see(run)
        assert next(iter(run.viewers)) is teacher and len(run.viewers) == 3 * CALLED + 1
        run.handing.event(run.viewers, b"{}")
        called = lambda: sum(viewer.bell.is_set() for viewer in run.viewers)  # noqa: E731
        assert teacher.bell.is_set() and called() == CALLED
        students[-1].show(pulse(1))  # does not jump the queue: the event goes first
        assert called() == CALLED
        turns = 0
        while called() < 3 * CALLED + 1:
            await asyncio.sleep(0)
            turns += 1
        assert turns == 3
        run.handing.event(run.viewers, b"{}")
        students[-1].see(None)
        await asyncio.sleep(0.01)
        assert not run.handing._uncalled

    loops.run(hand_out())
