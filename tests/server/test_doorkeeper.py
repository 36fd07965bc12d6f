"""Who may have how many connections, how many there are at all, and what of it is logged: the pure parts."""

import errno
import logging
import os

import pytest
from nablascope.server import limits
from nablascope.server.main import taken
from nablascope.server.options import proxy
from nablascope.server.quotas.doorkeeper import Doorkeeper
from nablascope.server.serving import descriptors
from nablascope.server.serving.seldom import Seldom


def test_a_school_behind_one_address_gets_in_and_nobody_takes_all_of_a_public_server() -> None:
    many = Doorkeeper(10_000)
    assert many.most_from("8.8.8.8") == limits.MOST_FROM_ADDRESS >= 500 * (1 + 6)
    for local in ("192.168.1.7", "fe80::1", "2001:db8::5"):  # the last may be a whole local network
        assert many.most_from(local) == limits.MOST_FROM_ADDRESS
    assert many.most_from("127.0.0.1") == many.most_from("::1") == many.most_from("::ffff:127.0.0.1") == 10_000
    few = Doorkeeper(200, [proxy("10.0.0.1")])
    assert few.most_from("8.8.8.8") == few.most_from("10.0.0.2") == 100
    assert few.most_from("10.0.0.1") == few.most_from("::ffff:10.0.0.1") == 200


def test_connections_are_counted_by_address_and_those_of_ipv6_by_network() -> None:
    doorkeeper = Doorkeeper(8)
    entered = [doorkeeper.enter(f"2001:4860::{number}") for number in range(6)]
    assert entered == [True] * 4 + [False] * 2
    assert doorkeeper.enter("2001:4860:0:1::1") and doorkeeper.enter("8.8.8.8") and not doorkeeper.full
    for _ in range(2):
        assert doorkeeper.enter("127.0.0.1")
    assert doorkeeper.full and doorkeeper.open == 8
    doorkeeper.leave("2001:4860::9")
    assert not doorkeeper.full and doorkeeper.enter("2001:4860::3")


def test_connections_leave_descriptors_for_everything_else() -> None:
    assert descriptors.connections(1024, 4) == 1024 - limits.RESERVED_DESCRIPTORS - 6 * limits.PROCESS_DESCRIPTORS
    assert descriptors.too_few(64, 1) == descriptors.too_few(64, 4) == ""
    assert "64 open files, and 8 training processes with 16 connections need 70" in descriptors.too_few(64, 8)


def test_of_each_kind_of_warning_one_a_minute_is_written_and_every_error() -> None:
    now = 0.0
    seldom = Seldom(lambda: now)

    def written(text: str, level: int = logging.WARNING) -> bool:
        return bool(seldom.filter(logging.LogRecord("x", level, "", 1, text, (), None)))

    assert [written("full"), written("full"), written("bad"), written("bad")] == [True, False, True, False]
    assert written("broken", logging.ERROR) and written("broken", logging.ERROR)
    now = limits.COMPLAINT_SECONDS
    assert [written("full"), written("full")] == [True, False]


def test_a_port_that_windows_has_reserved_is_passed_over_and_one_that_linux_forbids_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reserved, used = OSError(errno.EACCES, "denied"), OSError(errno.EADDRINUSE, "in use")
    monkeypatch.setattr(os, "name", "posix")
    assert taken(used) and not taken(reserved)
    monkeypatch.setattr(os, "name", "nt")
    assert taken(used) and taken(reserved) and not taken(OSError(errno.EADDRNOTAVAIL, "not here"))
