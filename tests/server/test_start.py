"""The first words: whatever the output, the folder and the proxies are, and whatever goes wrong."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.greeting import unusable
from nablascope.server.options import proxy
from nablascope.server.quotas.proxies import claims
from rights import bound_by_rights

Start = Callable[..., Any]
PROGRAM = str(Path(sys.executable).with_name("nablascope"))


@pytest.mark.parametrize(
    ("encoding", "folder", "shown"),
    [("ascii", "Σχολή", r"\u03a3\u03c7"), ("cp1252", "Schüler→", r"Schüler\u2192"), ("utf-8", "\udcff", r"\udcff")],
)
def test_an_output_without_the_letters_of_a_folders_name_gets_others(
    serve: Start,
    client: Start,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    encoding: str,
    folder: str,
    shown: str,
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    server = serve("--port", "0", "--workers", "1", "--lan", "127.0.0.1", data=tmp_path / folder)
    assert client(url=server.url).event("welcome")["room"]
    assert "#teacher=" in server.link
    end = time.monotonic() + 10
    while "Teacher:" not in server.said and time.monotonic() < end:
        time.sleep(0.02)
    assert shown in server.log.read_text(encoding=encoding, errors="strict")


@pytest.mark.parametrize("broken", ["greeting.greeting", "hub.Hub.open_room"])
def test_a_start_that_fails_ends_and_leaves_no_process(broken: str, tmp_path: Path) -> None:
    plant = "from nablascope.server import greeting, main\nfrom nablascope.server.live import hub\n"
    plant += "def fail(*args): raise RuntimeError('planted')\n"
    plant += f"{broken} = fail\nmain.main(['--lan', '127.0.0.1', '--no-open', '--no-data', '--port', '0'])\n"
    with (tmp_path / "said").open("w+") as said:  # a file: a process that is left would hold a pipe open
        ended = subprocess.run([sys.executable, "-c", plant], stdout=said, stderr=said, timeout=30)
        said.seek(0)
        text = said.read()
    assert ended.returncode not in (0, None) and "RuntimeError: planted" in text and "has ended" not in text


@pytest.mark.parametrize(
    ("network", "public", "said"),
    [
        ("10.0.0.1", False, False), ("10.0.0.0/24", False, True), ("127.0.0.0/8", False, False),
        ("10.0.0.0/24", True, False), ("fd00::/8", True, False), ("0.0.0.0/0", True, True),
        ("8.8.0.0/16", True, True), ("8.8.8.8", True, False),
    ],
)  # fmt: skip
def test_a_network_that_visitors_may_be_in_is_told_from_one_of_proxies(
    network: str, public: bool, said: bool
) -> None:
    assert claims([proxy(network)], public) == ([proxy(network)] if said else [])


def test_who_trusts_a_network_of_visitors_is_told_at_the_start(serve: Start) -> None:
    told = "10.0.0.0/8 is believed about who they are (--trusted-proxy), and can claim any address"
    options = ("--port", "0", "--workers", "1", "--trusted-proxy")
    assert told in " ".join(serve(*options, "10.0.0.0/8", "--lan", "127.0.0.1").said.split())
    assert "believed" not in serve(*options, "10.0.0.0/8").said  # it is reached from this machine alone


@pytest.mark.skipif(sys.platform == "win32", reason="a folder's rights are others there")
def test_a_data_folder_that_can_only_be_read_is_said_to_be_one(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    tried = f"import os; os.mkdir({str(tmp_path / 'x')!r})"
    if subprocess.run([sys.executable, "-c", tried], preexec_fn=bound_by_rights, capture_output=True).returncode == 0:
        pytest.skip("nothing keeps this user from writing anywhere")
    command = [PROGRAM, "--no-open", "--port", "0", "--workers", "1", "--data"]
    for folder in (tmp_path, tmp_path / "rooms"):
        with subprocess.Popen(
            [*command, str(folder)], stdout=subprocess.PIPE, text=True, preexec_fn=bound_by_rights
        ) as server:
            assert server.stdout
            assert f"{folder} cannot be used, as {tmp_path} can only be read." in server.stdout.readline()
            assert "Nablascope is at" in server.stdout.readline()
            server.terminate()


def test_a_data_folder_that_can_be_written_keeps_its_own_reason(tmp_path: Path) -> None:
    assert os.access(tmp_path, os.W_OK)
    assert unusable(tmp_path, ValueError("no room")) == f"{tmp_path} cannot be used (no room)"
