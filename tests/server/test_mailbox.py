"""The mailbox: events in order, of frames the newest, and no more on the way than the window or a slow line has."""

import itertools
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nablascope.server.live.mailbox import LONGEST, MOST_BYTES, MOST_EVENTS, WINDOW, Mailbox
from nablascope.server.wire.protocol import BELIEF, HISTORY, PARAMETERS, PULSE, RESPONSE, Header

ACTIONS = st.lists(st.tuples(st.sampled_from(["event", "frame", "take", "ack"]), st.integers(1, 4)), max_size=200)
#: Bytes of each kind for 2-[16]×10-1, and seconds between two of it.
KINDS = {PULSE: (2664, 1 / 26), PARAMETERS: (10216, 0.66), RESPONSE: (16256, 1.6), BELIEF: (2368, 0.6)}


def frame(kind: int, number: int, size: int = 64) -> bytes:
    return Header(kind, number=number).pack() + bytes(size - 64)


@given(ACTIONS)
def test_in_any_order_of_things_the_promises_hold(actions: list[tuple[str, int]]) -> None:
    box, events, newest, sent, taken = Mailbox(), [], {}, [], []
    for count, (what, kind) in enumerate(actions):
        now = count / 50
        if what == "event":
            events.append(b"%d" % count)
            box.put_event(events[-1])
        elif what == "frame":
            newest[kind] = count
            box.put_frame(kind, frame(kind, count))
        elif what == "ack" and sent:
            box.acknowledge(sent[-1].seq, now)
        elif what == "take":
            event = box.take_event()
            if event is not None:
                taken.append(event)
                continue
            given_frame = box.take_frame(now)
            if given_frame is not None:
                header = Header.unpack(given_frame)
                assert header.number == newest.pop(header.kind)  # the newest of its kind, once
                sent.append(header)
        assert box.sent - box.acknowledged <= WINDOW
    assert taken == events[: len(taken)]
    assert [header.seq for header in sent] == list(range(1, len(sent) + 1))


def test_a_slow_viewer_gets_the_latest_and_history_is_never_dropped() -> None:
    box = Mailbox()
    for number in range(100):
        box.put_frame(PULSE, frame(PULSE, number))
    box.put_frame(HISTORY, frame(HISTORY, 1))
    box.put_frame(HISTORY, frame(HISTORY, 2))
    frames = [Header.unpack(box.take_frame(0.0) or b"") for _ in range(3)]
    assert [(header.kind, header.number) for header in frames] == [(HISTORY, 1), (HISTORY, 2), (PULSE, 99)]
    assert box.dropped == 99


@pytest.mark.parametrize(("size", "most"), [(2, MOST_EVENTS), (2**20, MOST_BYTES // 2**20)])
def test_a_viewer_who_lets_too_much_pile_up_is_not_there_any_more(size: int, most: int) -> None:
    box, event = Mailbox(), bytes(size)
    assert all(box.put_event(event) for _ in range(most))
    assert not box.put_event(event)
    box.take_event()
    box.take_event()
    assert box.put_event(event)


class Line:
    """A mailbox at one end, so many bytes a second, and a viewer who acknowledges every so many frames."""

    def __init__(self, rate: float, every: int, trip: float = 0.0) -> None:
        self.box, self.rate, self.every, self.trip = Mailbox(), rate, every, trip
        self.made = dict.fromkeys(KINDS, 0.0)
        self.free = 0.0
        self.coming: deque[tuple[float, Header, float]] = deque()
        self.acks: deque[tuple[float, int]] = deque()
        self.born: dict[tuple[int, int], float] = {}
        #: When each pulse came, and how old it was.
        self.pulses: list[tuple[float, float]] = []
        self.bytes = 0

    def run(self, start: float, seconds: float) -> None:
        for tick in range(round(seconds * 1000)):
            self.tick(start + tick / 1000)

    def tick(self, now: float) -> None:
        for kind, (size, pause) in KINDS.items():
            if now >= self.made[kind]:
                self.made[kind] += pause
                self.born[kind, round(now * 1000)] = now
                self.box.put_frame(kind, frame(kind, round(now * 1000), size))
        while self.acks and self.acks[0][0] <= now:
            self.box.acknowledge(self.acks.popleft()[1], now)
        while (taken := self.box.take_frame(now)) is not None:
            self.free = max(self.free, now) + len(taken) / self.rate
            self.bytes += len(taken)
            self.coming.append((self.free + self.trip / 2, Header.unpack(taken), now))
        while self.coming and self.coming[0][0] <= now:
            _, header, _ = self.coming.popleft()
            if header.seq % self.every == 0:
                self.acks.append((now + self.trip / 2, header.seq))
            if header.kind == PULSE:
                self.pulses.append((now, now - self.born[PULSE, header.number]))


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize("rate", [20_000, 40_000])
def test_over_a_slow_line_a_pulse_is_young_and_the_line_is_used(rate: int, every: int) -> None:
    line = Line(rate, every)
    line.run(0.0, 6.0)
    line.pulses.clear()
    line.bytes = 0
    line.run(6.0, 20.0)
    gaps = [after - before for (before, _), (after, _) in itertools.pairwise(line.pulses)]
    assert max(age for _, age in line.pulses) < 0.6
    assert max(gap + age for gap, (_, age) in zip(gaps, line.pulses, strict=False)) < 2.0  # just before the next one
    assert line.bytes > 0.5 * 20 * rate


@pytest.mark.parametrize("trip", [0.005, 0.15])
def test_a_fast_line_is_not_held_back_however_long_its_round_trip_is(trip: float) -> None:
    line = Line(2e6, 4, trip)
    line.run(0.0, 10.0)
    assert len(line.pulses) > 25 * 10
    assert max(age for _, age in line.pulses) < trip + 0.06


def test_a_line_that_has_become_slow_is_noticed_and_so_is_one_that_is_fast_again() -> None:
    line = Line(2e6, 4)
    line.run(0.0, 3.0)
    line.rate = 20_000
    line.run(3.0, 10.0)
    assert max(age for came, age in line.pulses if came > 9) < 1.0
    line.rate = 2e6
    line.run(13.0, 6.0)
    assert sum(came > 17 for came, _ in line.pulses) > 25 * 2 * 0.9


@pytest.mark.parametrize("count", range(1, 8))
def test_what_waits_is_sent_though_nothing_is_acknowledged_any_more(count: int) -> None:
    """A viewer who acknowledges every fourth frame says nothing of the last ones."""
    box = Mailbox()
    box.put_frame(PULSE, frame(PULSE, 1))
    box.take_frame(0.0)
    box.acknowledge(1, 10.0)  # 6 bytes a second
    now, sent = 10.0, 0
    for number in range(count):
        box.put_frame(PULSE, frame(PULSE, number))
        while not box.ready(now):
            waits = box.opens(now)
            assert waits is not None
            assert 0 < waits < 1.01 * LONGEST
            now += waits + 1e-9
        assert box.take_frame(now) is not None
        sent += 1
    assert sent == count
