"""What all commands have in common, and how one is refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .refusal import shown

#: Whole numbers of JSON that every browser keeps exactly; elements of a list.
MOST_ID, MOST_NAMES, MOST_NUMBERS = 2**53, 64, 2000
Id = Annotated[int, Field(ge=0, le=MOST_ID)]
Plain = str | int | float | bool | None
Names = Annotated[list[str | int], Field(max_length=MOST_NAMES)]
Numbers = Annotated[list[int | float], Field(max_length=MOST_NUMBERS)]
Value = Plain | Names | Numbers


class CommandError(ValueError):
    """A command was refused: which field, what it was, what was expected, and the command's id if it had one."""

    def __init__(self, field: str, was: object, expected: str, id: int | None = None) -> None:
        self.field, self.was, self.expected, self.id = field, shown(was), expected, id
        super().__init__(f"{field}: was {self.was}, expected {expected}")


class Command(BaseModel):
    """Common to all: a type, and an id that an error would name."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)
    id: Id | None = None
