"""What a run was told is in force again, at the very step, however suddenly a process ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from family import broken
from nablascope.engine import Experiment, Trainer, to_address
from nablascope.server.wire.protocol import AFTER, EXACT, PARAMETERS, PULSE, Header
from processes import alive, children, spawned
from websockets.exceptions import ConnectionClosed

Open = Callable[..., Any]
#: The code that a connection is closed with when the server ends.
RESTARTS = 1012
EXPERIMENT = Experiment(dataset="moons", hidden=[5, 4], optimiser="adam", learning_rate=0.02, batch_size=16, seed=4)


def start(open_class: Open, url: str, speed: int) -> Any:
    """A class whose stage runs at this speed, and has done some steps."""
    lesson = open_class(url=url, experiment=to_address(EXPERIMENT))
    lesson.teacher.send(type="speed", value=speed)
    lesson.teacher.event("state", speed=speed)
    lesson.teacher.frame(PULSE, 30, where=lambda header: header.step > 2)
    return lesson


def weights(client: Any) -> tuple[int, np.ndarray]:
    """Of the paused run in front of a client, and after how many steps."""
    client.send(type="again")
    frame = client.frame(PARAMETERS, 30, where=lambda header: bool(header.flags & EXACT))
    header = Header.unpack(frame)
    size = sum((n + 1) * m for n, m in zip((2, 5, 4), (5, 4, 1), strict=True))
    return header.step - (not header.flags & AFTER), np.frombuffer(frame, "<f4", size, 64)


def unbroken(marks: list[dict[str, Any]], values: list[dict[str, Any]], steps: int) -> np.ndarray:
    """The weights of a run that was told the same at the same steps, and never ended."""
    run = Trainer(EXPERIMENT)
    for mark, changes in zip(marks, values, strict=True):
        run.run(mark["step"] - run.steps)
        run.set(**changes)
    run.run(steps - run.steps)
    return np.concatenate([layer.reshape(-1) for layer in run.network.thetas[1:]])


@pytest.mark.parametrize("victim", ["server", "worker"])
@pytest.mark.parametrize("speed", [2, 5, 6])
def test_commands_of_the_last_moment_are_carried_out_again_at_their_step(
    serve: Open, open_class: Open, client: Open, tmp_path: Path, speed: int, victim: str
) -> None:
    server = serve("--port", "0", "--workers", "1", data=tmp_path)
    lesson = start(open_class, server.url, speed)
    teacher = lesson.teacher
    values = [{"learning_rate": 0.01}, {"l2": 0.001}, {"learning_rate": 0.03}, {"batch_size": 8}]
    for number, changes in enumerate(values):
        teacher.send(type="set", changes=changes)
        marks = teacher.event("marks", 30)["marks"]
        assert len(marks) == number + 1
    teacher.send(type="pause")
    teacher.event("state", 30, playing=False)
    step, _ = weights(teacher)
    if victim == "server":
        server.process.kill()
        server.process.wait()
        again = serve("--port", "0", "--workers", "1", data=tmp_path)
        teacher = client(lesson.code, lesson.token, url=again.url, tab="t" * 16)
        teacher.event("welcome", 30)
    else:
        os.kill(spawned(server.process.pid)[0], signal.SIGKILL)
        teacher.event("notice", 30, kind="resumed")
    assert teacher.event("marks", 30)["marks"] == marks
    teacher.event("state", 30, playing=False, speed=speed)
    there, found = weights(teacher)
    assert there == step
    assert np.array_equal(found, unbroken(marks, values, step))


def test_nothing_that_was_acknowledged_in_a_lesson_is_lost_by_five_kills() -> None:
    program = Path(__file__).resolve().parents[2] / "benchmarks" / "kills.py"
    options = ["--kills", "5", "--workers", "0", "--clients", "0", "--seed", "7", "--listening", "IPv4"]
    ended = subprocess.run([sys.executable, str(program), *options], capture_output=True, text=True, timeout=240)
    assert ended.returncode == 0, ended.stdout + ended.stderr


#: Dies between the birth of a process and its first words to it.
DYING = """
import multiprocessing, os
from multiprocessing import resource_tracker, util
resource_tracker.ensure_running()
begin = util.spawnv_passfds
util.spawnv_passfds = lambda *how: (begin(*how), os.kill(os.getpid(), 9))
multiprocessing.get_context("spawn").Process(target=print).start()
"""


@pytest.mark.skipif(os.name != "posix", reason="nobody is orphaned like that elsewhere")
def test_the_last_words_of_a_process_orphaned_at_birth_are_no_fault_and_others_are() -> None:
    said = subprocess.run([sys.executable, "-c", DYING], capture_output=True, text=True, timeout=60).stderr
    assert "Traceback" in said and not broken(f"INFO: begun\n{said}INFO: begun again\n")
    other = said.replace("EOFError: Ran out of input", "ValueError: 3")
    assert (
        broken(other) and broken(other + said) and broken(said + other) and broken(said.replace("spawn_main", "go"))
    )


def test_rooms_of_a_process_that_is_killed_go_on_in_the_one_that_stands_by(serve: Open, client: Open) -> None:
    server = serve("--port", "0", "--workers", "1", "--no-data")
    drivers = [client(url=server.url) for _ in range(8)]
    for driver in drivers:
        driver.event("welcome")
        driver.send(type="speed", value=4)
        driver.event("state", speed=4)
    end = time.monotonic() + 30
    while len(spawned(server.process.pid)) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    for _ in range(2):  # the next one that stands by is no worse
        victim, other = spawned(server.process.pid)
        os.kill(victim, signal.SIGKILL)
        for driver in drivers:
            driver.event("notice", 30, kind="resumed")
            assert driver.event("state", 30)["speed"] == 4
            driver.frame(PULSE, 30)
        end = time.monotonic() + 30
        while len(family := spawned(server.process.pid)) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        assert other in family


def test_whoever_is_there_is_told_when_the_server_is_asked_to_end(serve: Open, client: Open) -> None:
    server = serve()
    teacher = client(url=server.url)
    room = teacher.event("welcome")["room"]
    everybody = [teacher, *(client(room, url=server.url) for _ in range(59))]
    for one in everybody:
        one.told("run")
    family = children(server.process.pid)
    server.process.send_signal(signal.SIGTERM)
    for one in everybody:
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                one.receive()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == RESTARTS
    server.process.wait(5)
    end = time.monotonic() + 5
    while any(map(alive, family)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(alive, family))
