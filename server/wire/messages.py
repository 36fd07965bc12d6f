"""What the web process and a training process say to each other: length, type, run, payload. No pickle."""

import struct
from collections.abc import Iterator

HEAD = struct.Struct("<IBI")  # payload bytes, type, run number
#: A saved state of the largest network is about 5 MB.
LONGEST = 64 * 2**20

# web → training
OPEN, COMMAND, SNAPSHOT, CLOSE, WATCHED, RESTORE, HOLD, COPY, CARDS, REPEAT, CONFIRM, PING = range(1, 13)
# training → web; RESTED is the checkpoint of a run that stands still from there on, DONE says whose command is done,
# COPIED has a ticket before a checkpoint. A NOTE, or the checkpoint TURNED in its place, goes before all that follows
# from a command; REPEAT gives notes back to a run, before the OPEN or RESTORE from which it goes on. READY answers
# CONFIRM; UNREADABLE, with the reason, says that a run could not begin: its checkpoint or its notes are damaged. PONG
# has what its PING had. USAGE says what a run has used since the last one, and holds
EVENT, FRAME, REPLY, CHECKPOINT, RESTED, DONE, COPIED, CARD, NOTE, TURNED, READY, UNREADABLE = range(16, 28)
USAGE, PONG = 28, 29
_USAGE = struct.Struct("<dQ")


def pack(type: int, run: int, payload: bytes = b"") -> bytes:
    """One message."""
    return HEAD.pack(len(payload), type, run) + payload


def reply(askers: tuple[int, ...], frame: bool, what: bytes) -> bytes:
    """What a REPLY carries: for whom, whether it is a frame, and the frame or the event's JSON."""
    return struct.pack(f"<BI{len(askers)}I", frame, len(askers), *askers) + what


def replied(payload: bytes) -> tuple[set[int], bool, bytes]:
    """The reverse."""
    frame, count = struct.unpack_from("<BI", payload)
    return set(struct.unpack_from(f"<{count}I", payload, 5)), bool(frame), payload[5 + 4 * count :]


def usage(seconds: float, size: int) -> bytes:
    """What USAGE carries: seconds of processor time for what a run was asked since the last one; bytes it holds."""
    return _USAGE.pack(seconds, size)


def used(payload: bytes) -> tuple[float, int]:
    """The reverse."""
    return _USAGE.unpack(payload)


class Unpacker:
    """Bytes in, messages out, however the stream was cut."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """(type, run, payload) of every message that is complete now."""
        self._buffer += data
        while len(self._buffer) >= HEAD.size:
            length, type, run = HEAD.unpack_from(self._buffer)
            if length > LONGEST:
                raise ValueError(f"a message of {length} bytes, expected at most {LONGEST}")
            end = HEAD.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[HEAD.size : end])
            del self._buffer[:end]
            yield type, run, payload
