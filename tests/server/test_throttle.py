"""Wrong codes: counted by address, with the clock handed in; and the route that says whether there is a room."""

import http.client
import random
import time
from typing import Any

import pytest
from nablascope.server.classroom.codes import ALPHABET, CODE_LENGTH
from nablascope.server.limits import MOST_ACROSS, MOST_BEHIND, MOST_ROOMS, MOST_WRONG, SECONDS
from nablascope.server.quotas import throttle
from nablascope.server.quotas.throttle import MOST_ADDRESSES, Guesses, Throttle, household, site_of
from nablascope.server.web.joining import TAB
from nablascope.server.wire.protocol import PULSE
from nablascope.server.wire.refusal import NO_ROOM, TOO_MANY
from websockets.exceptions import ConnectionClosed


def ask(port: int, code: str, tab: str | None = None) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/rooms/{code}", headers={} if tab is None else {TAB: tab})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["retry-after"]


def test_after_ten_wrong_codes_an_address_waits_until_the_first_is_a_minute_old() -> None:
    throttle = Throttle()
    for second in range(MOST_WRONG):
        assert throttle.wait("192.168.1.7", second) == 0
        throttle.wrong("192.168.1.7", second)
    assert throttle.wait("192.168.1.7", 10) == SECONDS - 10
    assert throttle.wait("192.168.1.7", SECONDS - 0.1) > 0
    assert throttle.wait("192.168.1.7", SECONDS) == 0
    assert throttle.wait("192.168.1.8", 10) == 0


@pytest.mark.parametrize("most", [MOST_WRONG, MOST_BEHIND], ids=["one browser", "ever new browsers"])
def test_a_hundred_thousand_guesses_find_none_of_fifty_rooms(most: int) -> None:
    chance = random.Random(6)

    def code() -> str:
        return "".join(chance.choices(ALPHABET, k=CODE_LENGTH))

    rooms, guesses = {code() for _ in range(50)}, Guesses()
    looked_up = found = 0
    for guess in range(100_000):
        now = guess / 100  # a hundred a second, for a quarter of an hour
        # Every thousandth guess is right, by sheer luck: it is not looked up either.
        guessed = min(rooms) if guess % 1000 == 999 else code()
        guesser = "203.0.113.9", "" if most == MOST_WRONG else f"made up {guess}"
        if guesses.wait(*guesser, now):
            continue
        looked_up += 1
        found += guessed in rooms
        guesses.wrong(*guesser, now)
    assert most <= looked_up <= most * (1 + 1000 / SECONDS)
    assert found == 0


def test_a_class_behind_one_address_does_not_wait_for_the_one_who_guesses() -> None:
    guesses = Guesses()
    for second in range(MOST_WRONG):
        guesses.wrong("192.168.1.7", "the one who guesses", second)
    assert guesses.wait("192.168.1.7", "the one who guesses", 10) == SECONDS - 10
    assert guesses.wait("192.168.1.7", "another", 10) == 0
    for browser in ("second", "third"):
        for _ in range(MOST_WRONG):
            guesses.wrong("192.168.1.7", browser, 20)
    assert guesses.wait("192.168.1.7", "another", 20) > 0
    assert guesses.wait("192.168.1.8", "another", 20) == 0


def test_who_has_a_million_addresses_is_stopped_by_the_48_that_they_are_in() -> None:
    guesses, looked_up = Guesses(), 0
    for guess in range(1000):
        address = f"2001:db8:7:{guess:x}::1"
        if not guesses.wait(address, f"made up {guess}", 0):
            looked_up += 1
            guesses.wrong(address, f"made up {guess}", 0)
    assert looked_up == MOST_ACROSS
    assert guesses.wait("2001:db8:8::1", "", 0) == 0 and guesses.wait("203.0.113.9", "", 0) == 0
    assert guesses.wait("2001:db8:7::1", "", SECONDS) == 0


def test_guesses_meet_one_of_all_rooms_as_seldom_as_is_said() -> None:
    guesses_for_one = len(ALPHABET) ** CODE_LENGTH / MOST_ROOMS
    assert round(guesses_for_one / 1e6, 1) == 4.4 and "one guess in 4.4 million" in str(throttle.__doc__)
    days = [guesses_for_one / (most * 24 * 3600 / SECONDS) for most in (MOST_BEHIND, MOST_ACROSS)]
    assert days[0] >= 100 and "once in a hundred days" in str(throttle.__doc__)
    assert days[1] >= 50 and "once in fifty" in str(throttle.__doc__)


def test_a_machine_is_one_address_however_it_is_written() -> None:
    assert household("::ffff:192.168.1.7") == household("192.168.1.7")
    assert household("2001:db8::1") == household("2001:db8::ffff:1") != household("2001:db8:0:1::1")
    assert household("fe80::1%eth0") == household("fe80::2%eth0")
    assert site_of("2001:db8:7:1::1") == site_of("2001:db8:7:ffff::1") != site_of("2001:db8:8::1")
    assert site_of("::ffff:192.168.1.7") == household("192.168.1.7") == site_of("192.168.1.7")
    assert household("") == "" and household("a socket's name") == "a socket's name"


def test_what_is_remembered_has_an_end() -> None:
    throttle = Throttle(most=1)
    throttle.wrong("10.0.0.1", 0)
    for number in range(MOST_ADDRESSES):
        throttle.wrong(f"address {number}", 1)
    assert len(throttle._wrong) == MOST_ADDRESSES
    assert throttle.wait("10.0.0.1", 1) == 0


def test_the_server_says_whether_there_is_a_room_and_not_to_those_who_guess(serve: Any, client: Any) -> None:
    server = serve()
    code = client(url=server.url).event("welcome")["room"]
    assert ask(server.port, code) == (204, None)
    for wrong in ["2222", code.lower(), "AAAAA0", "%C3%84BC234", *(f"ZZZZZ{last}" for last in "ABCDEF")]:
        assert ask(server.port, wrong)[0] == 404
    status, seconds = ask(server.port, code)
    assert status == 429 and 50 < int(seconds or 0) <= SECONDS


def test_page_and_socket_count_together(serve: Any, client: Any) -> None:
    server = serve()
    code = client(url=server.url).event("welcome")["room"]
    for last in "ABCDE":
        assert ask(server.port, f"ZZZZZ{last}")[0] == 404
        lost = client(f"YYYYY{last}", url=server.url)
        assert lost.event("error")["field"] == "room"
        with pytest.raises(ConnectionClosed) as closed:
            lost.receive()
        assert closed.value.rcvd.code == NO_ROOM
    assert ask(server.port, code)[0] == 429
    refused = client(code, url=server.url)
    error = refused.event("error")
    assert error["field"] == "room" and "too many codes were wrong" in error["expected"]
    with pytest.raises(ConnectionClosed) as closed:
        refused.receive()
    assert closed.value.rcvd.code == TOO_MANY
    client(url=server.url).event("welcome")  # who opens a room guesses nothing


@pytest.mark.parametrize("keeps", [True, False])
def test_a_room_that_is_only_on_disk_is_there(serve: Any, client: Any, tmp_path: Any, keeps: bool) -> None:
    first = serve(data=tmp_path)
    opened = client(url=first.url)
    code = opened.event("welcome")["room"]
    opened.frame(PULSE, 30)
    first.stop()
    second = serve("--port", "0", *([] if keeps else ["--no-data"]), data=tmp_path)
    assert ask(second.port, code)[0] == (204 if keeps else 404)


def test_who_has_been_in_the_room_comes_back_while_all_others_wait(serve: Any, client: Any) -> None:
    server = serve("--port", "0", "--no-data")
    opened = client(url=server.url, tab="t" * 16).event("welcome")
    code, token = opened["room"], opened["token"]
    client(code, url=server.url, tab="a" * 16).event("welcome")
    for browser in ("g", "h", "i"):
        for last in "ABCDEFGHJK":
            assert ask(server.port, f"ZZZZZ{last}", browser * 16)[0] == 404
    assert ask(server.port, code, "b" * 16)[0] == 429
    for newcomer in ("b" * 16, None):
        assert client(code, url=server.url, tab=newcomer).event("error")["code"] == "too_many_codes"
    assert client(code, "wrong", url=server.url, tab="c" * 16).event("error")["code"] == "too_many_codes"
    started = time.monotonic()
    assert client(code, url=server.url, tab="a" * 16).event("welcome")["role"] == "student"
    assert client(code, token, url=server.url, tab="u" * 16).event("welcome")["role"] == "teacher"
    assert time.monotonic() - started < SECONDS / 2  # the others still wait
    assert client(code, url=server.url, tab="b" * 16).event("error")["code"] == "too_many_codes"
