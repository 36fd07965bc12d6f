"""The guides say what is so: options, limits and links."""

import re
from pathlib import Path

import pytest
from nablascope.engine.training import timeline
from nablascope.server import limits
from nablascope.server.classroom import codes as room_codes
from nablascope.server.options import parser

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ("docs/operations.md", "docs/classroom.md", "README.md")
#: Options of other programs.
FOREIGN = {"--from", "--no-deps", "--no-build-isolation", "--no-index", "--find-links", "--peers", "--add-port"}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_option_in_a_guide_is_one(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    known = {option for action in parser()._actions for option in action.option_strings} | FOREIGN
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
    assert named - known == set()


def test_every_option_is_in_a_guide_or_explains_itself() -> None:
    text = "".join((ROOT / guide).read_text(encoding="utf-8") for guide in GUIDES)
    assert all(action.help for action in parser()._actions)
    for option in (
        "--lan",
        "--public",
        "--public-url",
        "--trusted-proxy",
        "--tls-cert",
        "--tls-key",
        "--data",
        "--port",
    ):
        assert re.search(rf"{option}(?![\w-])", text)


@pytest.mark.parametrize("guide", GUIDES)
def test_links_to_files_lead_to_files(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("https://") or (ROOT / guide).parent.joinpath(link).exists(), link


def test_limits_are_as_the_guide_has_them() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert f"| rooms at a time | {limits.MOST_ROOMS} |" in text
    few = f"the last {limits.RESERVED} are for addresses that have fewer than {limits.FEW} in it"
    assert f"| members of a room | {limits.MOST_MEMBERS:,}; {few} |" in text
    assert f"| forks of a room | {limits.MOST_FORKS} |" in text
    assert f"others have come or gone | {limits.COUNTED} every {limits.PACE} s, in turn; teachers" in text
    pages, codes = limits.PAGES_KEPT, limits.QR_CODES_KEPT
    assert f"| {pages} of the stage, {pages} of `/how` (90 KB each), {codes} QR codes |" in text
    days = limits.HTTPS_ONLY // (24 * 3600)
    assert f"keep to https | {days} days," in text and f"max-age={limits.HTTPS_ONLY}" in text
    kept, process = limits.RESERVED_DESCRIPTORS, limits.PROCESS_DESCRIPTORS
    assert f"less {kept} and {process} a training process; at most {limits.MOST_DESCRIPTORS:,} |" in text
    assert f"connections of an address | {limits.MOST_FROM_ADDRESS:,} (IPv6: each /64), half of all" in text
    assert limits.LARGEST_SHARE == 0.5 and "half of all at most |" in text
    assert f"closed after {limits.REQUEST_SECONDS:.0f} s, after {limits.HURRIED_SECONDS:.0f} s while there" in text
    assert f"its connection is closed after {limits.TAKING_SECONDS:.0f} s |" in text
    assert f"fewer than {limits.FEWEST_CONNECTIONS} left for connections" in text
    assert limits.COMPLAINT_SECONDS == 60 and "one of a kind a minute |" in text
    hours, minutes = limits.DAY / 3600, limits.SECOND_LOOK / 60
    assert f"| forgotten after {hours:.0f} hours, and {minutes:.0f} minutes in which" in text
    assert f"server ends | {limits.ENDING} seconds" in text and f"at least {limits.LAST_WRITING} |" in text
    a_run, a_process = timeline.MOST_BYTES // 2**20, limits.STATES // 2**20
    assert f"can go back to | {a_run} MB a run, {a_process} MB a training process |" in text
    share = f"{limits.HEAVY_SHARE:.0%}".replace("%", " %")
    assert f"run asks | {1000 * limits.PURSE:.0f} ms at once; then its part, all such runs" in text
    assert f"of a process together at least {share} |" in text
    assert f"lets others go first | longer than {limits.HEAVY // 1024} KB |" in text
    assert f"process | {limits.MOST_QUEUED:,}, {limits.MOST_QUEUED_BYTES // 2**20} MB |" in text
    silence, longest = limits.SILENCE, limits.LONGEST_SILENCE
    assert f"says nothing | is ended after {silence:g} s, after {longest:g} s where" in text
    assert f"cannot start | three tries, then one every {limits.SLOW_TRIES:g} s;" in text and len(limits.TRIES) == 2
    assert f"process that ends within {limits.LIVED:g} s of its start | counts as one that cannot start |" in text
    assert f"page `/how` | {limits.CALCULATION:g} s |" in text
    assert limits.MOST_WRONG == 10 and limits.SECONDS == 60 and "ten a minute for each browser tab" in text
    assert limits.MOST_BEHIND == 30 and "thirty for each address" in text
    assert limits.MOST_ACROSS == 60 and "sixty for each /48" in text


def test_what_one_connection_may_send_is_as_the_guides_have_it() -> None:
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    wire = " ".join((ROOT / "docs/protocol.md").read_text(encoding="utf-8").split())
    at_once, a_second = limits.COMMANDS
    assert f"of one connection {at_once:,} at once, then {a_second} a second |" in operations
    assert f"{at_once:,} commands are read at once, then {a_second} a second" in wire
    large, (at_once, a_second) = limits.LARGE // 1024, (amount // 1024 for amount in limits.LARGE_BYTES)
    assert (
        f"more than {large} KB, of one connection | {at_once} KB at once, then {a_second} KB a second" in operations
    )
    assert f"longer than {large} KiB {at_once} KiB at once, then {a_second} KiB a second" in wire
    number, size = limits.WAITING_COMMANDS, limits.WAITING_BYTES // 1024
    assert f"wait for a run | {number}, {size} KB |" in operations
    assert f"{number} of the connection wait, or {size} KiB of them" in wire
    frames, pings, (at_once, a_second) = limits.FRAMES, limits.PINGS, (size // 2**20 for size in limits.BYTES)
    assert (
        f"{frames[0]:,} at once, then {frames[1]:,} a second; pings: {pings[0]}, {pings[1]}; "
        f"bytes: {at_once} MB, {a_second} MB; more ends it |"
    ) in operations
    assert f"{frames[1]:,} frames a second, {pings[1]} pings a second or {a_second} MiB a second" in wire
    assert f"({frames[0]:,}, {pings[0]} and {at_once} MiB at once)" in wire
    assert f"in more than {limits.MOST_FRAGMENTS:,} frames" in wire
    assert limits.MOST_GREETINGS == 10 and "ten messages" in operations and "ten other messages" in wire
    assert f"ends after {limits.GREETING:g} seconds, or" in operations
    assert f"takes nothing | ends after {limits.STALLED:g} seconds |" in operations


def test_shares_are_as_the_guide_has_them() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    one, site, near = limits.ADDRESS, limits.SITE, limits.NEAR
    assert f"open at a time | {one.rooms} (a /48 of IPv6: {site.rooms}; near: {near.rooms}) |" in text
    assert (one.openings, site.openings, near.openings) == ((200, 1), (400, 2), (400, 20))
    assert "200 at once, then 1 a second (a /48: 400, 2; near: 400, 20) |" in text
    for name, unit in (("hellos", ""), ("work", " s")):
        burst, rate = getattr(one, name)
        others = "; ".join(
            f"{who}: {getattr(share, name)[0]:,}, {getattr(share, name)[1]:,g}"
            for who, share in (("a /48", site), ("near", near))
        )
        shown = f"| {burst}{unit} at once, then {rate:g}{unit} a second ({others}) |"
        assert shown.replace("1e+03", "1,000") in text
    (burst, rate), room = limits.NEAR_ROOM_WORK, limits.ROOM_WORK
    assert f"| {room[0]:g} s at once, then {room[1]:g} s a second (near: {burst:g}, {rate:g}) |" in text
    assert limits.MOST_WAKING == 16 and "read from disk at a time | 16;" in text
    rate = limits.MOST_BEGINNING / limits.BEGINS
    begin = f"{limits.MOST_BEGINNING} at a time, {rate:.0f} a second (IPv6: each /48); up to {limits.MOST_TO_BEGIN}"
    assert f"rooms of one address that begin | {begin} begin or wait |" in text
    for name, most in (("memory", limits.MOST_MEMORY), ("disk", limits.MOST_DISK)):
        first, *more = (
            f"{size // limits.MB} MB" if size < 2**30 else f"{size / 2**30:g} GB"
            for size in (getattr(one, name), getattr(site, name), getattr(near, name), most)
        )
        assert f"| {first} (a /48: {more[0]}; near: {more[1]}); of all rooms {more[2]} |" in text
    assert limits.UNUSED_FOR == 5 * 60 and "ends 5 minutes after the last has left" in text
    assert limits.UNATTENDED_FOR == 60 and "must have been left for a minute" in " ".join(text.split())


def test_a_code_is_as_the_guide_describes_it() -> None:
    assert room_codes.CODE_LENGTH == 6 and "a room code of six characters" in (ROOT / "docs/classroom.md").read_text(
        "utf-8"
    )


def test_each_word_of_the_project_has_one_line_and_an_owner_that_exists() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    lines = text.split("| word | what it is | owner |\n| --- | --- | --- |\n")[1].split("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    words = [word for word, _, _ in rows]
    assert len(rows) > 40 and words == sorted(set(words))
    for word, what, owner in rows:
        assert what and (ROOT / owner.strip("`")).is_file(), word


@pytest.mark.parametrize("guide", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_lines_of_a_guide_can_be_read_beside_code(guide: Path) -> None:
    lines = guide.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) >= 120] == []
