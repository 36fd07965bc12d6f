"""The frames' bytes. `tests/fixtures/frames.json` is shared with the browser's decoder."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nablascope.server.wire import protocol
from nablascope.server.wire.protocol import Header, ProtocolError, Pulse

FIXTURE = Path(__file__).parent.parent / "fixtures" / "frames.json"
HEADER = Header(
    0, schema=3, run=4, number=5, step=214, epoch=7, loss=0.5, train_loss=0.25, test_loss=float("inf"), accuracy=0.75,
    learning_rate=0.125, revision=9, phase=4, phase_ms=650, elapsed_ms=120, flags=protocol.RUNNING,
)  # fmt: skip
RUN = {
    "run": 4, "schema": 3, "layers": [2, 3, 1], "n_classes": 2,
    "grid": {"kind": "plane", "response": [2, 2], "belief": [2, 3], "units": [3, 1]},
}  # fmt: skip


def counting(start: float, *shape: int) -> np.ndarray:
    return (start + np.arange(int(np.prod(shape))) / 8).reshape(shape).astype(np.float32)


def frames() -> dict[str, bytes]:
    """Every kind, from fixed values."""
    pulse = Pulse(
        24.5, 3, counting(1, 2), counting(2, 1), counting(3, 4), counting(4, 4), counting(-5, 4),
        np.array([1e-30, 2.0]), np.array([np.inf, 0.5]), np.array([np.nan, 0.25]),
    )  # fmt: skip
    rows = np.array([[213, 0.5, np.nan, np.nan, 1.5, 2.5], [4_000_000_000, 0.25, 0.5, 0.75, np.inf, 3.5]])
    theta, gradient = [counting(-1, 3, 3), counting(2, 4, 1)], [counting(0, 3, 3) * 1e-20, counting(-4, 4, 1)]
    maps = np.arange(16, dtype=np.uint8)
    return {
        "pulse": protocol.encode_pulse(HEADER, pulse, rows),
        "parameters_exact": protocol.encode_parameters(HEADER, theta, gradient, True),
        "parameters_half": protocol.encode_parameters(HEADER, theta, gradient, False),
        "response": protocol.encode_response(HEADER, np.array([0.0, 0.5]), np.array([1.0, 0.5]), maps),
        "belief": protocol.encode_belief(HEADER, np.arange(6, dtype=np.uint8).reshape(2, 3)),
        "history": protocol.encode_history(HEADER, rows),
    }


def stored() -> dict[str, Any]:
    return json.loads(FIXTURE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", frames())
def test_frames_are_the_bytes_that_the_fixture_holds(name: str) -> None:
    assert base64.b64encode(frames()[name]).decode() == stored()["frames"][name]
    assert stored()["run"] == RUN


@pytest.mark.parametrize("name", frames())
def test_headers_come_back_as_they_were_and_tensors_are_aligned(name: str) -> None:
    packed = frames()[name]
    header = Header.unpack(packed)
    assert (header.step, header.run, header.phase, header.test_loss) == (214, 4, 4, float("inf"))
    assert len(packed) % 8 == 0


def test_numbering_changes_only_the_sequence_number() -> None:
    packed = frames()["pulse"]
    numbered = protocol.numbered(packed, 77)
    assert Header.unpack(numbered).seq == 77
    assert numbered[:16] + numbered[20:] == packed[:16] + packed[20:]


@pytest.mark.parametrize("bytes_", [b"", b"NBL1", bytes(64), b"NBL2" + bytes(60)])
def test_what_is_no_frame_is_refused_with_what_was_found(bytes_: bytes) -> None:
    with pytest.raises(ProtocolError, match="expected"):
        Header.unpack(bytes_)


def test_half_precision_keeps_a_vanishing_gradient() -> None:
    gradient = [np.array([[1e-18, -3e-18]], np.float32)]
    packed = protocol.encode_parameters(HEADER, gradient, gradient, False)
    scales = np.frombuffer(packed, "<f4", 2, 64)
    halves = np.frombuffer(packed, "<f2", 2, 64 + 8 + 8)
    assert np.allclose(halves.astype(np.float32) * scales[1], gradient[0], rtol=1e-3)


if __name__ == "__main__":  # writes the fixture anew, after a change of the protocol
    text = {name: base64.b64encode(packed).decode() for name, packed in frames().items()}
    FIXTURE.write_text(json.dumps({"run": RUN, "frames": text}, indent=1) + "\n", encoding="utf-8")
