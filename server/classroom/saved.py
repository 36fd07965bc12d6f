"""A class as it was last written, checked: what is on disk may be damaged. Pure: no database, no event loop."""

import struct
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..wire.class_commands import Arrangement, Sight
from ..wire.command import Value
from ..wire.commands import AnyCommand
from .classroom import STAGE

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=2**31)]
Choice = Annotated[int, Field(ge=0, le=5)]
DIGEST_BYTES = 32


class Unreadable(Exception):
    """What is on disk of a class cannot be read; the text says what is wrong with it."""


class Unavailable(Exception):
    """The disk cannot be read at the moment; what is on it may be well."""


@dataclass(frozen=True)
class Saved:
    """Its teacher's token's digest, what it knows, its runs' checkpoints by owner.

    `notes` has, by owner, what each run was told since, the oldest first.
    """

    token: bytes
    data: dict[str, Any]
    used_at: float
    runs: dict[int, bytes]
    notes: dict[int, list[bytes]]
    #: Owners of runs that are damaged.
    lost: frozenset[int] = frozenset()


class Strict(BaseModel):
    """Nothing is coerced; what a class does not know is left out."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class SavedHold(Strict):
    """What a class tells a run."""

    type: Literal["hold"]
    held: bool


class SavedMember(Strict):
    """As `Member.to_data` has it."""

    number: Annotated[int, Field(ge=1, le=2**31)]
    role: Literal["teacher", "student", "projector"]
    tab: Digest
    name: str | None = None
    named: bool = False
    hand: bool = False
    forked: bool = False


class SavedQuestion(Strict):
    """As `Question.to_data` has it."""

    number: Count
    text: str
    options: Annotated[list[str], Field(min_length=1, max_length=6)]
    votes: list[Annotated[list[int], Field(min_length=2, max_length=2)]]
    open: bool
    revealed: bool = False
    outcome: Choice | None = None
    changes: dict[str, Value] | None = None


class SavedClass(Strict):
    """As `Classroom.to_data` has it; what an older version did not know may be missing."""

    last_number: Count = 0
    leader: int | None = None
    given: int | None = None
    on_stage: int | None = None
    allow_forks: bool = False
    locked: bool = False
    paused: bool = False
    names_hidden: bool = False
    last_question: Count = 0
    opening: str = ""
    looker: int | None = None
    arrangement: Arrangement = Arrangement()
    members: list[SavedMember] = []
    removed: list[Digest] = []
    look: Sight | None = None
    question: SavedQuestion | None = None

    @model_validator(mode="after")
    def _numbers_are_distinct(self) -> "SavedClass":
        numbers = {member.number for member in self.members}
        if len(numbers) < len(self.members) or max(numbers, default=0) > self.last_number:
            raise ValueError("members whose numbers are not their own")
        return self


class SavedNote(Strict):
    """As `journal.note` has it."""

    steps: Count
    pending: bool
    phase: Count | None
    diverged: bool
    pace: float
    command: SavedHold | AnyCommand = Field(discriminator="type")


class SavedHeader(Strict):
    """Of a checkpoint: the text before the trainer's state."""

    preset: str | None
    speed: Annotated[int, Field(ge=0, le=6)]
    playing: bool
    single: bool = False
    held: bool
    resumes: bool
    run: Count
    revision: Count
    marks: list[dict[str, Any]]
    pending: bool = False
    phase: Count | None = None
    goal: Count | None = None
    tip: Count | None = None


Row = tuple[Any, ...]


def saved(row: Row, runs: list[Row], notes: list[Row]) -> Saved:
    """A class from its rows in the three tables. Raises Unreadable when it, or the run of the class, is damaged."""
    token, data, used_at = row
    try:
        known = SavedClass.model_validate_json(data)
    except (ValueError, TypeError) as error:
        raise Unreadable(f"its class: {type(error).__name__}") from None
    if not isinstance(token, bytes) or len(token) != DIGEST_BYTES or not isinstance(used_at, float):
        raise Unreadable("its class: a token or a time that is none")
    lost = {owner for owner, state in runs if not is_checkpoint(state)}
    lost |= {owner for owner, note in notes if not is_note(note)}
    if STAGE in lost:
        raise Unreadable("the class's run: a checkpoint or a note that is none")
    told: dict[int, list[bytes]] = {}
    for owner, note in notes:
        told.setdefault(owner, []).append(note)
    states = {owner: state for owner, state in runs if owner not in lost}
    return Saved(token, known.model_dump(exclude_unset=True), used_at, states, told, frozenset(lost))


def is_checkpoint(state: object) -> bool:
    """Whether bytes begin as a checkpoint does. Only a training process reads the rest."""
    try:
        assert isinstance(state, bytes)
        (length,) = struct.unpack_from("<I", state)
        SavedHeader.model_validate_json(state[4 : 4 + length])
    except (AssertionError, ValueError, struct.error):
        return False
    return True


def is_note(note: object) -> bool:
    """Whether bytes are a note of something that a run can be told."""
    try:
        assert isinstance(note, bytes)
        SavedNote.model_validate_json(note)
    except (AssertionError, ValueError):
        return False
    return True
