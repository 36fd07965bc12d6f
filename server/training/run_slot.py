"""A run in its training process: what each message does to it, and what it tells the web process. Pure: the clock is
handed in, and what is told goes to a function."""

import json
import struct
import sys
import traceback
from collections.abc import Callable, Generator
from typing import Any

from ...engine import PRESETS, Experiment, ExperimentError
from ...engine.datasets import read_with_pauses
from ...engine.experiment.address import settings_in
from ..limits import AFTER_A_NOTE, CHECKPOINT_EVERY, MOST_QUEUED
from ..wire import messages
from ..wire.refusal import CANNOT_BE, TOO_OFTEN, error_event
from . import checkpoint, journal
from .card import Cards
from .run import TrainingRun

FIRST_PRESET = "First look"


def nobody(message: bytes) -> None:
    """Who is told by a room that is on its own."""


class RunSlot:
    """A run, who looks at it, when it was last saved, and whether it was told anything since."""

    def __init__(self, run: TrainingRun, now: float, number: int = 0, tell: Callable[[bytes], None] = nobody) -> None:
        self.run, self.watched, self.number, self._tell = run, True, number, tell
        #: Why its run is not the one that it was opened for: told with the first snapshot.
        self.refused: dict[str, Any] | None = None
        self.saved_at = now
        self.noted = False
        self.cards: Cards | None = None
        #: What it was told before its process or the server ended; meanwhile, what it is asked waits.
        self.repeat: journal.Repeat | None = None

    @property
    def save_due(self) -> float | None:
        """When the next checkpoint is due, if there is anything new."""
        return self.saved_at + (AFTER_A_NOTE if self.noted else CHECKPOINT_EVERY) if self.run.dirty else None

    def due(self, now: float) -> float | None:
        """When it has something to do by itself; None when nothing will."""
        if not self.watched:
            return None
        if self.repeat is not None:
            return now
        card = None if self.cards is None else self.cards.next_due(self.run)
        known = [time for time in (self.run.next_due(now), self.save_due, card) if time is not None]
        return min(known) if known else None

    # --- messages ----------------------------------------------------------------------------------------------

    def prepare(self, type: int, payload: bytes) -> Generator[None, None, None]:
        """What takes long of a message and alters nothing yet, with pauses."""
        if type == messages.COMMAND and b'"own_data"' in payload:
            yield from read_ahead(json.loads(payload)["command"].get("changes"))

    def handle(self, type: int, payload: bytes, now: float) -> None:
        """Do what a message asks for."""
        if type == messages.WATCHED:
            self._watch(payload == b"\1", now)
        elif type == messages.SNAPSHOT:
            self._snapshot(struct.unpack(f"<{len(payload) // 4}I", payload), now)
        elif type == messages.HOLD:
            held = payload == b"\1"
            if held != self.run.held:
                self._command({"type": "hold", "held": held}, None, now)
        elif type == messages.CARDS:
            self.cards = Cards(now)
            self._show_card(now)
        elif type == messages.COPY:
            self._tell(messages.pack(messages.COPIED, self.number, payload + checkpoint.pack(self.run)))
        elif type == messages.COMMAND:
            message: dict[str, Any] = json.loads(payload)
            self._command(message["command"], message["asker"], now)

    def _command(self, command: dict[str, Any], asker: object, now: float) -> None:
        """Carry out a command; its note, or a checkpoint instead, goes before all that follows from it."""
        run, type = self.run, command["type"]
        if type in journal.BACKWARDS and run.dirty:
            self.save(now)  # the way back may be long, and nothing is saved on it
        if type not in journal.SILENT:
            run.dirty = self.noted = True
            if type not in journal.BACKWARDS:
                run.outbox.append(("note", journal.note(run, command, now)))
        if asker is not None:
            run.outbox.append(("done", asker))
        journal.carry_out(run, command, asker, now)
        if type in journal.BACKWARDS:
            self.save(now, messages.TURNED)

    def _watch(self, watched: bool, now: float) -> None:
        """Nobody looks: the clock stands still, and what there is is saved."""
        if watched and not self.watched:
            self.run.awake(now)
        elif not watched:
            self.save(now, messages.RESTED)
        self.watched = watched

    def _snapshot(self, askers: tuple[int, ...], now: float) -> None:
        """Everything, made once, for all who ask."""
        run = self.run
        if self.refused is not None:
            run.outbox.append(("reply", askers, self.refused))
            self.refused = None
        kept, run.outbox = run.outbox, []
        sent = run.sent_records
        run.tell_all(now)
        run.sent_records = sent
        told, run.outbox = run.outbox, kept
        run.outbox += [("reply", askers, out[-1]) for out in told]

    # --- time --------------------------------------------------------------------------------------------------

    def advance(self, now: float, seconds: float) -> None:
        """Do what is due, for so long at most; one room's fault must not take the others along."""
        if self.repeat is not None:
            self._go_on_repeating(self.repeat, now, now + seconds)
            return
        try:
            self.run.advance(now, now + seconds)
        except Exception:  # it is logged, and the room goes on
            traceback.print_exc(file=sys.stderr)
            self.run.playing = False
        self.flush()
        self._show_card(now)
        self.save_if_due(now)

    def _go_on_repeating(self, repeat: journal.Repeat, now: float, deadline: float) -> None:
        """Go on where the run was; then with what has been asked meanwhile."""
        try:
            done = repeat.go_on(self.run, now, deadline)
        except Exception:  # as above
            traceback.print_exc(file=sys.stderr)
            repeat.skip()
            return
        if done:
            self.repeat = None
            self.save(now)

    def save_if_due(self, now: float) -> None:
        """A checkpoint, if it is time."""
        if self.repeat is None and self.save_due is not None and now >= self.save_due:
            self.save(now)

    def save(self, now: float, type: int = messages.CHECKPOINT) -> None:
        """A checkpoint."""
        self.saved_at, self.run.dirty, self.noted = now, False, False
        self._tell(messages.pack(type, self.number, checkpoint.pack(self.run)))

    def _show_card(self, now: float) -> None:
        try:
            card = None if self.cards is None else self.cards.make(self.run, now)
        except Exception:  # as above; this run has no cards from here on
            traceback.print_exc(file=sys.stderr)
            card = self.cards = None
        if card is not None:
            self._tell(messages.pack(messages.CARD, self.number, as_json(card)))

    def flush(self) -> None:
        """Tell what the run has to say."""
        outbox, self.run.outbox = self.run.outbox, []
        for out in outbox:
            self._tell(pack_out(self.number, out))


def begun(
    number: int, type: int, payload: bytes, notes: bytes | None, now: float, tell: Callable[[bytes], None]
) -> Generator[None, None, RunSlot]:
    """A room that is opened or restored, with the notes that it repeats; raises whatever is wrong with them.

    With pauses, as a table takes long to read.
    """
    refused = None
    if type == messages.OPEN:
        run, refused = yield from opened(payload.decode(), now)
    else:
        run = checkpoint.unpack(payload, now)
    room = RunSlot(run, now, number, tell)
    room.refused = refused
    if notes is not None or run.burst.goal is not None:  # a goal is the rest of a command that had begun
        room.repeat = journal.Repeat(json.loads(notes or b"[]"))
    return room


def read_ahead(settings: object) -> Generator[None, None, None]:
    """Read the table that settings bring, if they do: what checks them finds it read."""
    table = settings.get("own_data") if isinstance(settings, dict) else None
    if isinstance(table, str):
        yield from read_with_pauses(table)


def opened(address: str, now: float) -> Generator[None, None, tuple[TrainingRun, dict[str, Any] | None]]:
    """The run of an address; without one, or if it cannot be, the first preset's, and why it is not the other."""
    refused = None
    try:
        if address:
            settings = settings_in(address)
            yield from read_ahead(settings)
            experiment = Experiment().change(**settings)
            name = next((preset.name for preset in PRESETS.values() if preset.experiment == experiment), None)
            return TrainingRun(experiment, now, name, PRESETS[name].speed if name else 1), None
    except ExperimentError as error:
        refused = error_event(error.field, error.was, error.expected, CANNOT_BE)
    preset = PRESETS[FIRST_PRESET]
    return TrainingRun(preset.experiment, now, preset.name, preset.speed), refused


def refused(number: int, command: bytes) -> bytes:
    """What is told of a command that cannot wait, at once: the run may not even be open yet."""
    asker = json.loads(command)["asker"]
    if asker is None:  # nobody waits for it
        return b""
    event = error_event("type", "too many commands", f"at most {MOST_QUEUED} that wait", TOO_OFTEN)
    return pack_out(number, ("done", asker)) + pack_out(number, ("reply", asker, event))


def pack_out(number: int, out: tuple[Any, ...]) -> bytes:
    """An entry of a run's outbox as a message."""
    if out[0] == "frame":
        return messages.pack(messages.FRAME, number, out[2])
    if out[0] == "event":
        return messages.pack(messages.EVENT, number, as_json(out[1]))
    if out[0] == "note":
        return messages.pack(messages.NOTE, number, as_json(out[1]))
    if out[0] == "done":
        return messages.pack(messages.DONE, number, struct.pack("<I", out[1]))
    askers, what = out[1] if isinstance(out[1], tuple) else (out[1],), out[2]
    frame = isinstance(what, bytes)
    return messages.pack(messages.REPLY, number, messages.reply(askers, frame, what if frame else as_json(what)))


def as_json(event: dict[str, Any]) -> bytes:
    """An event's text; a number that is none would be a mistake of ours."""
    return json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
