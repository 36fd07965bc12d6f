"""The shares of addresses, with the clock handed in: how often, how many rooms, how much of the machine."""

from collections.abc import Callable
from typing import Any

import pytest
from nablascope.server import limits
from nablascope.server.limits import ADDRESS, LEAST_MEMORY, MOST_ROOMS, NEAR, ROOM_WORK, SITE, UNATTENDED_FOR
from nablascope.server.quotas.bucket import Bucket
from nablascope.server.quotas.nearby import nearby, public_name
from nablascope.server.quotas.shares import Shares
from nablascope.server.wire.refusal import BUSY, FULL, TOO_MANY, Refused

SCHOOL, VISITOR, SIX, HERE = "203.0.113.5", "198.51.100.7", "2001:db8:7:{:x}::1", "127.0.0.1"


def refusal(call: Callable[..., object], *arguments: object) -> Refused | None:
    try:
        call(*arguments)
    except Refused as refused:
        return refused
    return None


def open_rooms(shares: Shares, address: str, count: int, now: float = 0.0, first: int = 0) -> list[str]:
    codes = [f"{address} {number}" for number in range(first, first + count)]
    for code in codes:
        assert shares.lack(address, now) is None
        shares.opened(code, address, now)
    return codes


def test_a_bucket_fills_at_its_rate_and_what_is_owed_comes_back_first() -> None:
    bucket = Bucket((10, 2.0), 0)
    for _ in range(10):
        assert bucket.wait(0) == 0
        bucket.take(0)
    assert bucket.wait(0) == 0.5 and bucket.wait(0.5) == 0
    bucket.take(1, 1000)
    assert bucket.wait(1, 0.0) == 5 and bucket.wait(6, 0.0) == 0
    assert bucket.wait(1000, 10) == 0 and bucket.wait(1000, 11) == 0.5


@pytest.mark.parametrize("address", [SCHOOL, SIX.format(1), HERE])
def test_a_school_behind_one_address_fits(address: str) -> None:
    shares = Shares()
    for pupil in range(40):
        shares.ask_for_room(address, pupil)
        open_rooms(shares, address, 1, pupil, first=pupil)
    for viewer in range(500):
        shares.greet(address, 60 + viewer / 25)
    for viewer in range(500):  # the Wi-Fi has dropped
        shares.greet(address, 110 + viewer / 1000)


def test_the_benchmarks_audience_fits_on_loopback() -> None:
    shares = Shares()
    for viewer in range(1000):
        shares.greet(HERE, viewer // 20 * 0.05)
    for _ in range(300):
        shares.greet(HERE, 3)


@pytest.mark.parametrize("address", [VISITOR, SIX.format(1), HERE])
def test_a_flood_of_hellos_is_refused_with_the_seconds_to_wait_and_nobody_else_is(address: str) -> None:
    shares, taken = Shares(), 0
    while (refused := refusal(shares.greet, address, 7.0)) is None:
        taken += 1
    assert taken == (NEAR if address == HERE else ADDRESS).hellos[0]
    assert (refused.code, refused.ends, refused.expected) == (BUSY, TOO_MANY, "another try in 1 s")
    shares.greet(SCHOOL, 7.0)
    shares.greet("127.0.0.2", 7.0)
    shares.greet(address, 8.0)


def test_new_rooms_have_a_rate_and_open_ones_a_number() -> None:
    shares = Shares()
    for _ in range(int(ADDRESS.openings[0])):
        shares.ask_for_room(VISITOR, 0)
    refused = refusal(shares.ask_for_room, VISITOR, 0)
    assert refused is not None and (refused.code, refused.expected) == (BUSY, "another try in 1 s")
    shares.ask_for_room(SCHOOL, 0)
    open_rooms(shares, VISITOR, ADDRESS.rooms)
    lack = shares.lack(VISITOR, 0)
    assert lack is not None and lack.expected == f"at most {ADDRESS.rooms} open rooms of one address"
    assert lack.refused().code == FULL and shares.goes_first(lack, True, 0) is None  # somebody is in each of them
    assert shares.lack(SCHOOL, 0) is None
    shares.put_away(f"{VISITOR} 0")
    assert shares.lack(VISITOR, 0) is None


def test_one_address_of_the_local_network_leaves_rooms_to_others() -> None:
    shares = Shares()
    open_rooms(shares, HERE, NEAR.rooms)
    assert shares.lack(HERE, 0) is not None and shares.lack("127.0.0.2", 0) is None
    assert ADDRESS.rooms <= SITE.rooms <= NEAR.rooms < MOST_ROOMS


def test_a_48_has_one_share_however_many_addresses_are_in_it() -> None:
    shares, opened, hellos = Shares(), 0, 0
    for number in range(1000):
        address = SIX.format(number)
        hellos += refusal(shares.greet, address, 0) is None
        if shares.lack(address, 0) is None and refusal(shares.ask_for_room, address, 0) is None:
            shares.opened(address, address, 0)
            opened += 1
    assert opened == SITE.rooms < MOST_ROOMS and hellos == 1000 < SITE.hellos[0]
    assert shares.lack("2001:db8:8::1", 0) is None
    assert sum(refusal(shares.greet, SIX.format(number), 0) is None for number in range(1000)) == 200


def test_a_room_that_nobody_used_goes_first_then_the_one_that_was_left_first() -> None:
    shares = Shares()
    codes = open_rooms(shares, VISITOR, ADDRESS.rooms)
    lack, gone = shares.lack(VISITOR, 1), []
    assert lack is not None
    left = {codes[3]: 5.0, codes[1]: 6.0, codes[4]: 7.0, codes[2]: 8.0}
    for code, since in left.items():
        shares.attend(code, since)
    for code in (codes[3], codes[1]):
        shares.use(code)
    for now in (9, 5 + UNATTENDED_FOR, 6 + UNATTENDED_FOR):  # who reloads a page is back within a minute
        while (code := shares.goes_first(lack, True, now)) is not None:
            gone.append((now, code))
            shares.put_away(code)
    minute = UNATTENDED_FOR
    assert gone == [(9, codes[4]), (9, codes[2]), (5 + minute, codes[3]), (6 + minute, codes[1])]


def test_where_nothing_is_kept_a_used_room_goes_after_a_while_and_of_the_address_with_most() -> None:
    shares = Shares()
    school, many = open_rooms(shares, SCHOOL, 2), open_rooms(shares, VISITOR, 10)
    open_rooms(shares, HERE, 150)
    open_rooms(shares, "127.0.0.2", MOST_ROOMS - shares.rooms)
    lack = shares.lack(SCHOOL, 0)
    assert lack is not None and lack.expected == f"at most {MOST_ROOMS} rooms on this server"
    for code, since in {school[0]: 1.0, many[4]: 3.0, many[5]: 2.0}.items():
        shares.use(code)
        shares.attend(code, since)
    assert shares.goes_first(lack, False, UNATTENDED_FOR) is None
    assert shares.goes_first(lack, False, UNATTENDED_FOR + 3) == many[5]
    assert shares.goes_first(lack, True, UNATTENDED_FOR) is None
    assert shares.goes_first(lack, True, UNATTENDED_FOR + 1) == school[0]
    shares.attend(many[6], 60.0)
    assert shares.goes_first(lack, False, 61) == many[6]  # nobody used it


def test_memory_and_disk_of_an_addresss_rooms_count_against_it() -> None:
    shares = Shares()
    first, second, *_ = open_rooms(shares, VISITOR, 3)
    shares.hold(first, ADDRESS.memory - 2 * LEAST_MEMORY, 0)
    lack = shares.lack(VISITOR, 0)
    assert lack is not None and lack.expected == "at most 1536 MB of memory for the rooms of one address"
    assert shares.lack(SCHOOL, 0) is None
    shares.hold(first, 0, ADDRESS.disk)
    shares.attend(second, 1)
    shares.put_away(first)  # what is on disk still counts
    lack = shares.lack(VISITOR, 0)
    assert lack is not None and lack.expected == "at most 512 MB of disk for the rooms of one address"
    assert shares.goes_first(lack, True, 2) == first  # nobody used it
    shares.gone(first)
    assert shares.lack(VISITOR, 0) is None and shares.disk == 0
    shares.measured(limits.MOST_DISK)
    assert shares.lack(SCHOOL, 0) is not None


def test_a_room_that_comes_back_from_disk_counts_for_who_opened_it_and_was_used() -> None:
    shares = Shares()
    (code,) = open_rooms(shares, VISITOR, 1)
    shares.hold(code, 0, 1000)
    shares.attend(code, 5)
    shares.put_away(code)
    open_rooms(shares, VISITOR, ADDRESS.rooms, 6, first=1)
    assert shares.lack_of_place(code) is not None and shares.lack_of_place("another") is None
    shares.put_away(f"{VISITOR} 1")
    shares.opened(code, None, 7)
    assert shares.lack_of_place("another") is None and shares.lack(VISITOR, 7) is not None
    shares.attend(code, 8)
    shares.put_away(code)
    shares.expire(8)
    assert shares.disk == 1000
    shares.expire(9)
    assert shares.disk == 0


def test_work_that_an_address_or_a_room_has_no_share_of_waits() -> None:
    shares = Shares()
    first, second = open_rooms(shares, VISITOR, 2)
    shares.afford(VISITOR, first, "ask", 0)
    shares.spend(first, ROOM_WORK[0] + 1, 0)
    refused = refusal(shares.afford, VISITOR, first, "ask", 0)
    assert refused is not None and (refused.code, refused.expected) == (BUSY, "another try in 4 s")
    shares.afford(VISITOR, second, "ask", 0)
    shares.spend(second, ADDRESS.work[0], 0)
    assert refusal(shares.afford, VISITOR, "ABCDEF", "ask", 0) is not None
    assert refusal(shares.ask_for_room, VISITOR, 0) is not None
    shares.afford(SCHOOL, "ABCDEF", "ask", 0)
    shares.afford(VISITOR, "ABCDEF", "ask", 61)
    shares.spend("ABCDEF", 1000, 61)  # of a room that has ended


def test_students_own_runs_leave_the_rooms_work_to_the_class() -> None:
    shares = Shares()
    (code,) = open_rooms(shares, SCHOOL, 1)
    for number in range(40):
        shares.spend(code, 10, 0, f"198.51.100.{number}", own=True)
    shares.afford(SCHOOL, code, "ask", 0)
    shares.spend(code, ROOM_WORK[0] + 1, 0, SCHOOL)
    assert refusal(shares.afford, SCHOOL, code, "ask", 0) is not None


def test_work_in_a_room_that_nobody_is_known_to_have_opened_is_paid_by_who_drives_it() -> None:
    shares = Shares()
    shares.opened("ABCDEF", None, 0)
    shares.spend("ABCDEF", 2 * ADDRESS.work[0], 0, VISITOR)
    assert refusal(shares.afford, VISITOR, "ABCDEF", "ask", 0) is not None
    shares.afford(SCHOOL, "ABCDEF", "ask", 0)
    (code,) = open_rooms(shares, SCHOOL, 1)
    shares.spend(code, ROOM_WORK[0] - 1, 0, HERE)
    assert refusal(shares.afford, SCHOOL, code, "ask", 0) is None
    shares.spend(code, 2 * ADDRESS.work[0], 0, HERE)
    assert refusal(shares.ask_for_room, SCHOOL, 0) is not None


@pytest.mark.parametrize("address", [SCHOOL, SIX.format(1), HERE])
def test_a_class_on_compare_behind_one_address_is_never_refused(address: str) -> None:
    """40 pupils with two runs each load a page each half second, and again a minute later; nothing is kept."""
    shares = Shares()
    for load in range(2):
        for pupil in range(40):
            now = 60 * load + pupil / 2
            for run in range(2):
                code = f"{pupil} {run} {{}}"
                if load:
                    shares.attend(code.format(0), now)
                shares.greet(address, now)
                shares.ask_for_room(address, now)
                assert shares.lack(address, now) is None, (load, pupil)
                shares.opened(code.format(load), address, now)
                shares.use(code.format(load))
    assert shares.rooms == 160 and shares.lack(VISITOR, 80) is None


def test_a_class_on_compare_with_four_runs_each_is_never_refused() -> None:
    shares = Shares()
    for pupil in range(40):
        for run in range(4):
            shares.ask_for_room(SCHOOL, pupil / 2)
            assert shares.lack(SCHOOL, pupil / 2) is None
            shares.opened(f"{pupil} {run}", SCHOOL, pupil / 2)


def test_rooms_that_nobody_here_opened_are_worth_keeping() -> None:
    shares = Shares()
    shares.opened("ABCDEF", None, 0)  # of `--lan`, or of a server before
    shares.attend("ABCDEF", 1)
    assert not list(shares.unused(limits.DAY))


def test_rooms_that_nobody_used_end_after_minutes() -> None:
    shares = Shares()
    unused, used, _attended = open_rooms(shares, VISITOR, 3)
    shares.use(used)
    for code in (unused, used):
        shares.attend(code, 10)
    assert list(shares.unused(10 + limits.UNUSED_FOR - 1)) == []
    assert list(shares.unused(10 + limits.UNUSED_FOR)) == [unused]


def test_what_is_remembered_has_an_end_and_who_has_rooms_is_not_forgotten(monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "MOST_ACCOUNTS", 50)
    monkeypatch.setattr(limits, "MOST_KEPT", 5)
    shares = Shares()
    open_rooms(shares, VISITOR, ADDRESS.rooms)
    for number in range(200):
        shares.greet(f"203.0.113.{number}", 0)
    assert len(shares._accounts) == 50 and shares.lack(VISITOR, 0) is not None
    for number in range(ADDRESS.rooms):
        shares.put_away(f"{VISITOR} {number}")
    assert len(shares._holdings) == 5 and shares.rooms == shares.memory == 0


def test_addresses_of_this_machine_and_of_local_networks_are_near() -> None:
    for address in ("127.0.0.9", "::1", "192.168.1.7", "10.1.2.3", "fe80::1%eth0", "fd00::5", "::ffff:10.0.0.1", ""):
        assert nearby(address), address
    for address in (SCHOOL, VISITOR, SIX.format(1), "::ffff:203.0.113.5", "172.32.0.1"):
        assert not nearby(address), address
    assert Shares(all_near=True).accounts(SCHOOL, 0)[0].share is NEAR
    assert public_name("nabla.example.org")
    for name in ("laptop", "laptop.local", "nabla.home.arpa", "localhost", "203.0.113.5", "[2001:db8::7]"):
        assert not public_name(name), name
