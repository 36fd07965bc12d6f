"""The guides say what is so: options, limits and links."""

import re
from pathlib import Path

import pytest
from nablascope.engine import timeline
from nablascope.server import limits, rooms, throttle
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
    assert f"| members of a room | {limits.MOST_MEMBERS:,} |" in text
    assert f"| forks of a room | {limits.MOST_FORKS} |" in text
    pages, codes = limits.PAGES_KEPT, limits.QR_CODES_KEPT
    assert f"| {pages} of the stage, {pages} of `/how` (90 KB each), {codes} QR codes |" in text
    days = limits.HTTPS_ONLY // (24 * 3600)
    assert f"keep to https | {days} days," in text and f"max-age={limits.HTTPS_ONLY}" in text
    a_run, a_process = timeline.MOST_BYTES // 2**20, limits.STATES // 2**20
    assert f"can go back to | {a_run} MB a run, {a_process} MB a training process |" in text
    share = f"{limits.HEAVY_SHARE:.0%}".replace("%", " %")
    assert f"run asks | {1000 * limits.PURSE:.0f} ms at once; then its part, all such runs" in text
    assert f"of a process together at least {share} |" in text
    assert f"wait for a run | {limits.MOST_QUEUED:,}, {limits.MOST_QUEUED_BYTES // 2**20} MB |" in text
    silence, longest = limits.SILENCE, limits.LONGEST_SILENCE
    assert f"says nothing | is ended after {silence:g} s, after {longest:g} s where" in text
    assert f"cannot start | three tries, then one every {limits.SLOW_TRIES:g} s;" in text and len(limits.TRIES) == 2
    assert f"page `/how` | {limits.CALCULATION:g} s |" in text
    assert throttle.MOST_WRONG == 10 and throttle.SECONDS == 60 and "ten a minute for each browser tab" in text
    assert throttle.MOST_BEHIND == 30 and "thirty for each address" in text


def test_a_code_is_as_the_guide_describes_it() -> None:
    assert rooms.CODE_LENGTH == 6 and "a room code of six characters" in (ROOT / "docs/classroom.md").read_text(
        "utf-8"
    )
