"""What a class is asked before it is shown: votes stay hidden until they are revealed. Pure."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Question:
    """A question, its options, and each member's vote, by numbers."""

    number: int
    text: str
    options: list[str]
    #: Settings that the teacher means to run; only teachers are told.
    changes: dict[str, Any] | None = None
    votes: dict[int, int] = field(default_factory=dict)
    open: bool = True
    revealed: bool = False
    outcome: int | None = None

    def counts(self) -> list[int] | None:
        """How many chose each option; nobody is told before it is revealed."""
        if not self.revealed:
            return None
        return [sum(vote == option for vote in self.votes.values()) for option in range(len(self.options))]

    def to_data(self) -> dict[str, Any]:
        """JSON."""
        return {**vars(self), "votes": list(self.votes.items())}

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> "Question":
        """The reverse."""
        return cls(**{"revealed": not data["open"], **data, "votes": dict(data["votes"])})
