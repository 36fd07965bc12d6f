"""The benchmark of attacks (benchmarks/attacks.py): its table is whole, and it attacks loopback addresses only."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from attacks import ATTACKS, SERVERS
from hostile import ATTACKS as WAYS
from siege import ORIGINS

HOSTILE = Path(__file__).resolve().parents[2] / "benchmarks" / "hostile.py"


def attack(name: str, address: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(HOSTILE), name, address, "--origin", "itself", *options],
        input="\n", capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_every_row_has_an_attack_an_origin_and_a_server_and_every_attack_a_row() -> None:
    assert {row.name for row in ATTACKS} == set(WAYS)
    for row in ATTACKS:
        assert row.origin in ORIGINS and row.server in SERVERS


@pytest.mark.parametrize("address", ["ws://192.0.2.1:8000/ws", "ws://[2001:db8::1]:8000/ws"])
def test_nothing_is_sent_beyond_this_machine(address: str) -> None:
    ended = attack("open_rooms", address)
    assert ended.returncode == 2 and "expected a loopback address" in ended.stderr


def test_an_attack_ends_by_itself_and_says_what_came_of_it() -> None:
    """Nobody listens there: the least port is nobody's."""
    ended = attack("guess_codes", "ws://127.0.0.1:1/ws", "--seconds", "0.2")
    assert ended.returncode == 0, ended.stderr
    ready, said = ended.stdout.splitlines()
    came = json.loads(said)
    assert ready == "ready" and set(came) == {"ConnectionRefused"} and came["ConnectionRefused"] <= 40
