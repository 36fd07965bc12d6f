"""How much one connection may send; the clock is handed in."""

import pytest
from nablascope.server import limits
from nablascope.server.quotas.intake import Flood, Intake
from nablascope.server.wire.refusal import TOO_OFTEN, Refused


def admitted(intake: Intake, size: int, now: float) -> bool | str:
    """Whether it is admitted, or why not if that is told."""
    try:
        return intake.admit(size, now)
    except Refused as refusal:
        assert refusal.code == TOO_OFTEN
        return str(refusal.was)


def test_a_line_that_hung_for_ten_seconds_delivers_a_dragged_slider_whole() -> None:
    intake = Intake(0.0)
    assert all(admitted(intake, 60, 0.0) is True for _ in range(10 * 100))


def test_beyond_the_rate_commands_are_refused_and_only_one_a_second_is_told() -> None:
    intake = Intake(0.0)
    told = [admitted(intake, 60, number / 2000) for number in range(8000)]
    assert 0 < sum(isinstance(one, str) for one in told) <= 4
    assert told.count(True) <= limits.COMMANDS[0] + 4 * limits.COMMANDS[1]
    assert admitted(intake, 60, 5.0) is True


def test_large_commands_are_a_few_a_second_and_small_ones_do_not_wait_for_them() -> None:
    intake = Intake(0.0)
    told = [admitted(intake, limits.LONGEST_COMMAND, 0.0) for _ in range(20)]
    assert told.count(True) == limits.LARGE_BYTES[0] // limits.LONGEST_COMMAND
    assert admitted(intake, limits.LARGE, 0.0) is True
    assert admitted(intake, limits.LONGEST_COMMAND, 1.0) is True


@pytest.mark.parametrize(
    ("flood", "reason"),
    [
        ((0, 1, 1), "more than 10 pings a second"), ((0, 1, 0), "more than 1000 frames a second"),
        ((2**17, 0, 0), "more than 1048576 bytes a second"),
    ],
)  # fmt: skip
def test_a_flood_is_named(flood: tuple[int, int, int], reason: str) -> None:
    one = Flood(0.0)
    said = [one.excess(*flood, now=number / 5000) for number in range(5000)]
    assert said[0] is None and reason in said
