"""The mailbox: events in order, of frames the newest, and never more on the way than the window."""

from hypothesis import given
from hypothesis import strategies as st
from nablascope.server.mailbox import WINDOW, Mailbox
from nablascope.server.protocol import HISTORY, PULSE, Header

ACTIONS = st.lists(st.tuples(st.sampled_from(["event", "frame", "take", "ack"]), st.integers(1, 4)), max_size=200)


def frame(kind: int, number: int) -> bytes:
    return Header(kind, number=number).pack()


@given(ACTIONS)
def test_in_any_order_of_things_the_promises_hold(actions: list[tuple[str, int]]) -> None:
    box, events, newest, sent, taken = Mailbox(), [], {}, [], []
    for count, (what, kind) in enumerate(actions):
        if what == "event":
            events.append(b"%d" % count)
            box.put_event(events[-1])
        elif what == "frame":
            newest[kind] = count
            box.put_frame(kind, frame(kind, count))
        elif what == "ack" and sent:
            box.acknowledge(sent[-1].seq)
        elif what == "take":
            event = box.take_event()
            if event is not None:
                taken.append(event)
                continue
            given_frame = box.take_frame()
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
    frames = [Header.unpack(box.take_frame() or b"") for _ in range(3)]
    assert [(header.kind, header.number) for header in frames] == [(HISTORY, 1), (HISTORY, 2), (PULSE, 99)]
    assert box.dropped == 99
