"""Programs of the server with other constants, or with a disk that is slow when a test wants it to be."""

import sys
from pathlib import Path

#: Reads and writes take as many seconds as the file `slow` beside this says, and are noted in `asked`.
SLOW_DISK = """
import pathlib, sqlite3, time

here, connect = pathlib.Path(__file__).parent, sqlite3.connect

class Slow(sqlite3.Connection):
    def execute(self, statement, *more):
        if (here / "slow").exists() and statement.startswith(("select", "insert", "delete")):
            with (here / "asked").open("a") as asked:
                asked.write(statement + "\\n")
            time.sleep(float((here / "slow").read_text()))
        return super().execute(statement, *more)

def use():
    sqlite3.connect = lambda *args, **more: connect(*args, factory=Slow, **more)
"""


def program(folder: Path, *changes: str) -> Path:
    """The server's program, with other constants."""
    path = folder / "impatient"
    text = "\n".join([
        f"#!{sys.executable}", "from nablascope.server import main",
        "from nablascope.server.live import hub, lesson", "if __name__ == '__main__':",
        *(f"    {change}" for change in changes), "    main.main()",
    ])  # fmt: skip
    path.write_text(text + "\n")
    path.chmod(0o755)
    return path


class SlowDisk:
    """A server's program, and how slow its disk is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "slow_disk.py").write_text(SLOW_DISK)
        self.program = program(folder, "import slow_disk", "slow_disk.use()")

    def take(self, seconds: float) -> None:
        """From here on each statement takes so long."""
        (self._folder / "new").write_text(str(seconds))
        (self._folder / "new").rename(self._folder / "slow")

    def recover(self) -> None:
        """It is quick again."""
        (self._folder / "slow").unlink()

    def asked(self, start: str) -> int:
        """How many statements there were that began so while it was slow."""
        file = self._folder / "asked"
        return sum(line.startswith(start) for line in file.read_text().splitlines()) if file.exists() else 0
