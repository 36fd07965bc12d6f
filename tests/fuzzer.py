"""Messages that nobody should send, and some that anybody may, from a seed."""

import json
import random
from collections.abc import Iterator
from typing import Any

from nablascope.engine import PRESETS, Experiment
from nablascope.server.training.instruments.queue import ASKS

Message = str | bytes
TYPES = (
    "set", "preset", "speed", "play", "pause", "layer", "step", "back", "reset", "rewind", "visit", "ack", "history",
    "ask", "cancel", "again", "advance", "hello", "name", "hand", "fork", "follow", "look", "vote", "question",
    "remove",
)  # fmt: skip
FIELDS = (
    "id", "changes", "reset", "name", "value", "steps", "pictures", "seq", "since", "what", "about", "room", "token",
    "member", "option", "raised", "look", "text", "options", "__proto__", "constructor", "",
)  # fmt: skip
ODD = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**64, -(2**70), 0.5, 1e308, -1e-308, "", "x", "\x00", "\ud800",
    "‮evil", "<img src=x onerror=alert(1)>", "' or 1=1 --", "../../etc/passwd", "∇" * 50, [], {}, [[]], [None] * 70,
    {"a": {"b": {"c": {}}}}, "9" * 400,
)  # fmt: skip
#: Longest message that the socket takes at all; beyond it the connection ends with a code.
SOCKET_LIMIT = 256 * 1024


class Fuzzer:
    """An endless stream of messages; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.settings = Experiment.describe()
        self.kinds = (
            (30, self.valid), (20, self.wrong_value), (12, self.wrong_shape), (10, self.cut), (8, self.text),
            (8, self.binary), (6, self.deep), (3, self.numbers), (2, self.long), (1, self.flipped),
        )  # fmt: skip

    def __iter__(self) -> Iterator[Message]:
        weights = [weight for weight, _ in self.kinds]
        while True:
            ((_, make),) = self.random.choices(self.kinds, weights)
            yield make()

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def valid(self) -> str:
        """What the page itself might send; cheap runs, so that the server is tried rather than the processor."""
        draw = self.random
        return json.dumps(
            self.pick(
                {"type": "set", "changes": {"learning_rate": 10 ** draw.uniform(-5, 1)}},
                {"type": "set", "changes": self.change(), "reset": draw.random() < 0.2},
                {"type": self.pick("play", "pause", "layer", "step", "back", "reset", "cancel")},
                {"type": "visit", "step": draw.randint(0, 200)},
                {"type": "speed", "value": draw.randint(0, 5)},
                {"type": "ack", "seq": draw.randint(0, 100)},
                {"type": "history", "since": draw.randint(0, 10**6)},
                {"type": "ask", "what": draw.choice([*ASKS]), "about": {}},
                {"type": "advance", "steps": draw.randint(1, 5)},
            )
            | ({"id": draw.randint(0, 2**53)} if draw.random() < 0.3 else {})
        )

    def change(self) -> dict[str, Any]:
        """A setting and a value near what it may be."""
        name = self.pick(*(name for name in self.settings if name not in ("hidden", "weights", "samples")))
        row, draw = self.settings[name], self.random
        if row["kind"].endswith("table"):
            return {name: self.table()}
        if row.get("choices"):
            return {name: self.pick(*(choice["name"] for choice in row["choices"]), "none such")}
        if "minimum" in row:
            spread = row["maximum"] - row["minimum"]
            value = draw.uniform(row["minimum"] - 0.1 * spread, row["maximum"] + 0.1 * spread)
            return {name: round(value) if "integer" in row["kind"] else value}
        return {name: self.pick(True, False, *ODD[:6])}

    def table(self) -> str:
        """Rows of numbers and a class or a value; now and then something is wrong with them."""
        draw, inputs = self.random, self.random.randint(1, 4)
        mark, last = self.pick(",", ";", "\t"), self.pick("ab", "0123", ["1.5", "2.5", "3.5"])
        rows = [[*(f"{draw.uniform(-9, 9):.3g}" for _ in range(inputs)), draw.choice(last)] for _ in range(60)]
        if draw.random() < 0.5:
            row = draw.choice(rows)
            row[draw.randrange(len(row))] = self.pick("", "n/a", '"', "1e999", "\u202e", mark, "\n", "x" * 50)
        return "\n".join(mark.join(row) for row in rows)

    def wrong_value(self) -> str:
        """A command's shape with values that it cannot have."""
        draw = self.random
        fields = {draw.choice(FIELDS): draw.choice(ODD) for _ in range(draw.randint(0, 4))}
        if draw.random() < 0.3:
            fields["changes"] = {draw.choice([*self.settings, *FIELDS]): draw.choice(ODD)}
        return json.dumps({"type": draw.choice(TYPES), **fields})

    def wrong_shape(self) -> str:
        """JSON, but no command."""
        return json.dumps(self.pick(*ODD, {"type": self.pick(*ODD)}, [{"type": "play"}], {"Type": "play"}, "play"))

    def cut(self) -> str:
        """A command that ends too early, or goes on too long."""
        whole = self.valid()
        return self.pick(whole[: self.random.randrange(len(whole))], whole + whole, whole + "}", "\ufeff" + whole)

    def text(self) -> str:
        """Any letters; now and then half of a pair, which is no UTF-8."""
        if self.random.random() < 0.02:
            return "\ud800" + self.valid()
        return "".join(chr(self.random.choice((self.random.randrange(32, 127), self.random.randrange(160, 0xD7FF))))
                       for _ in range(self.random.randrange(60)))  # fmt: skip

    def binary(self) -> bytes:
        return self.random.randbytes(self.random.choice((0, 1, 4, 63, 64, 200, 5000)))

    def deep(self) -> str:
        """Nested further than anybody reads."""
        depth, inner = self.random.choice((10, 200, 3000, 30_000)), self.pick("1", '"x"', "")
        opening, closing = self.pick(("[", "]"), ('{"a":', "}"))
        return self.pick("", '{"type": "set", "changes": ') + opening * depth + inner + closing * depth

    def numbers(self) -> str:
        """What JSON has no words for, though Python would read it."""
        value = self.pick("NaN", "Infinity", "-Infinity", "1e999", "-0", "01", "1_000", "0x10", "1" * 5000, "1e-999")
        return '{"type": "set", "changes": {"learning_rate": ' + value + "}}"

    def long(self) -> Message:
        """Longer than a command may be, and now and then longer than the socket takes."""
        size = self.random.choice((65_000, 66_000, 66_000, 200_000, SOCKET_LIMIT + 1))
        return self.pick("[" * size, '{"type": "' + "x" * size + '"}', bytes(size))

    def flipped(self) -> str:
        """A command with a letter changed; a preset as well."""
        name = self.random.choice([*PRESETS])
        whole = [*json.dumps({"type": "preset", "name": name}), *self.pick("", " ", "\n")]
        whole[self.random.randrange(len(whole))] = chr(self.random.randrange(1, 0x2FF))
        return "".join(whole)
