"""The data folder: one server at a time, readable by its owner alone, in this version's form or brought to it."""

import contextlib
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.storage import schema
from nablascope.server.wire.protocol import PULSE
from processes import children

Open = Callable[..., Any]
FILE = "rooms.sqlite3"
#: The tables as they were before they had a version.
VERSION_0 = """
create table classes (code text primary key, token blob, data text, used_at real);
create table runs (code text, owner integer, state blob, primary key (code, owner));
create table notes (code text, owner integer, number integer primary key, note blob);
create table rooms (code text primary key, state blob);
"""


def refused(data: Path) -> str:
    """What a server says that does not start with this folder."""
    command = [str(Path(sys.executable).with_name("nablascope")), "--no-open", "--port", "0", "--data", str(data)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=data)
    assert ended.returncode != 0 and "Nablascope is at" not in ended.stdout
    assert "Traceback" not in ended.stderr
    return ended.stderr


def kept(serve: Open, client: Open, data: Path) -> tuple[str, str]:
    """A room's code and token, in a folder that no server has any more."""
    server = serve(data=data)
    teacher = client(url=server.url)
    welcome = teacher.event("welcome")
    teacher.frame(PULSE, 30)
    server.stop()
    return welcome["room"], welcome["token"]


def test_a_second_server_with_the_same_folder_is_refused_until_the_first_has_ended(
    serve: Open, client: Open, tmp_path: Path
) -> None:
    server = serve(data=tmp_path)
    said = refused(tmp_path)
    assert str(tmp_path) in said and "another Nablascope server" in said and "--data" in said
    teacher = client(url=server.url)
    welcome = teacher.event("welcome")
    teacher.frame(PULSE, 30)
    server.process.kill()
    server.process.wait()
    again = serve(data=tmp_path)
    assert client(welcome["room"], welcome["token"], url=again.url).event("welcome")["role"] == "teacher"


def test_no_training_process_holds_the_folder(serve: Open, client: Open, tmp_path: Path) -> None:
    server = serve(data=tmp_path)
    client(url=server.url).event("welcome")
    for child in children(server.process.pid):
        files = [str(file.readlink()) for file in Path(f"/proc/{child}/fd").iterdir() if file.is_symlink()]
        assert not any(str(tmp_path / "server.lock") in file or FILE in file for file in files)


def test_the_rooms_of_a_newer_version_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as disk:
        disk.execute("create table classes (what text)")
        disk.execute(f"pragma user_version = {schema.VERSION + 1}")
    before = (tmp_path / FILE).read_bytes()
    said = refused(tmp_path)
    assert "newer Nablascope" in said and "--data" in said
    assert (tmp_path / FILE).read_bytes() == before


def test_a_file_from_before_versions_goes_on(serve: Open, client: Open, tmp_path: Path) -> None:
    code, token = kept(serve, client, tmp_path / "now")
    old = tmp_path / "old"
    old.mkdir()
    with contextlib.closing(sqlite3.connect(old / FILE)) as disk:
        disk.executescript(VERSION_0)
        disk.execute("attach ? as now", (str(tmp_path / "now" / FILE),))
        for table in ("classes", "runs", "notes"):
            disk.execute(f"insert into main.{table} select * from now.{table}")
        disk.commit()
    server = serve(data=old)
    teacher = client(code, token, url=server.url)
    assert teacher.event("welcome")["role"] == "teacher"
    teacher.frame(PULSE, 30)
    server.stop()
    with contextlib.closing(sqlite3.connect(old / FILE)) as disk:
        assert disk.execute("pragma user_version").fetchone() == (schema.VERSION,)
        assert disk.execute("select name from sqlite_master where name = 'rooms'").fetchone() is None


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX's permissions")
def test_what_is_kept_is_for_its_owner_alone_also_in_a_folder_that_was_there(
    serve: Open, client: Open, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    files = [tmp_path / (FILE + suffix) for suffix in ("", "-wal", "-shm")]
    files[0].touch(0o644)
    files[0].chmod(0o644)
    server = serve(data=tmp_path)
    client(url=server.url).event("welcome")
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600] * 3


def test_a_file_that_is_no_database_is_set_aside_and_rooms_are_kept_in_a_new_one(
    serve: Open, client: Open, tmp_path: Path
) -> None:
    data, damaged = tmp_path / "data", b"This was a database once. " * 1000
    data.mkdir()
    (data / FILE).write_bytes(damaged)
    code, token = kept(serve, client, data)
    assert (data / f"{FILE}.damaged-1").read_bytes() == damaged
    said = next(data.glob("server-*.log")).read_text()
    assert f"{FILE}.damaged-1" in said and "file is not a database" in said
    assert client(code, token, url=serve(data=data).url).event("welcome")["role"] == "teacher"
