"""What may be said about a class, as strict as `commands`, which decodes it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .command import Command, Value

Number = Annotated[int, Field(ge=1, le=2**31)]
Name = Annotated[str, Field(max_length=24)]
Word = Annotated[str, Field(max_length=40)]
Share = Annotated[int | float, Field(ge=0, le=1)]
Unit = Annotated[int, Field(ge=0, le=10_000)]


class Simple(Command):
    """A command without words of its own."""

    type: Literal["fork", "follow", "recall", "start_here", "take", "close_votes", "close_question"]


class Naming(Command):
    """A nickname of one's own."""

    type: Literal["name"]
    name: Name | None


class Hand(Command):
    """Raised or not."""

    type: Literal["hand"]
    raised: bool


class AllowForks(Command):
    """Whether students may fork."""

    type: Literal["allow_forks"]
    allowed: bool


class Lock(Command):
    """Whether newcomers stay outside."""

    type: Literal["lock"]
    locked: bool


class PauseAll(Command):
    """Whether all runs stand still."""

    type: Literal["pause_all"]
    paused: bool


class HideNames(Command):
    """Whether names are for the teacher alone."""

    type: Literal["hide_names"]
    hidden: bool


class Arrangement(BaseModel):
    """How the class board stands on the teacher's page and on the wall; `open` null: as soon as there is a run."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    open: bool | None = None
    whole: bool = False
    by: Literal["loss", "learning_rate", "name"] = "loss"
    show: Literal["boundary", "curve"] = "boundary"
    across: Literal["learning_rate", "depth", "width", "activation", "initialiser", "optimiser", "batch_size"] = (
        "learning_rate"
    )


class Arrange(Command):
    """The board as the teacher wants it: what is left out stays as it is."""

    type: Literal["arrange"]
    arrangement: Arrangement


class Rename(Command):
    """Another name for a member."""

    type: Literal["rename"]
    member: Number
    name: Name | None


class Remove(Command):
    """A member goes."""

    type: Literal["remove"]
    member: Number


class Give(Command):
    """The controls to a student, or back; a student's run onto the stage, or the class's own again."""

    type: Literal["give", "bring"]
    member: Number | None


class Place(BaseModel):
    """A place of the network, as an inspection is asked about."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    kind: Word
    layer: Unit | None = None
    unit: Unit | None = None
    source: Unit | None = None


class Pointer(BaseModel):
    """A point of a view, in shares of its width and height."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)
    region: Word
    x: Share
    y: Share


class OpenPage(BaseModel):
    """A page of a lesson, from 1; `teaching` knows which there are."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    name: Word
    page: Annotated[int, Field(ge=1, le=100)]


class Sight(BaseModel):
    """What a teacher looks at."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    selection: Place | None = None
    lab: Word | None = None
    ladder: Word | None = None
    lesson: OpenPage | None = None
    pointer: Pointer | None = None


class Look(Command):
    """Look here."""

    type: Literal["look"]
    look: Sight


class Pose(Command):
    """A question to the class; `changes` are settings that the teacher means to run."""

    type: Literal["question"]
    text: Annotated[str, Field(min_length=1, max_length=200)]
    options: Annotated[list[Annotated[str, Field(min_length=1, max_length=80)]], Field(min_length=2, max_length=6)]
    changes: Annotated[dict[Word, Value], Field(max_length=60)] | None = None


class Vote(Command):
    """One of the options."""

    type: Literal["vote"]
    option: Annotated[int, Field(ge=0, le=5)]


class Reveal(Command):
    """The votes, and what came out."""

    type: Literal["reveal"]
    outcome: Annotated[int, Field(ge=0, le=5)] | None = None


ClassCommand = (
    Simple
    | Naming
    | Hand
    | AllowForks
    | Lock
    | PauseAll
    | HideNames
    | Arrange
    | Rename
    | Remove
    | Give
    | Look
    | Pose
    | Vote
    | Reveal
)
