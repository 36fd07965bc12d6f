"""Steps back in time: states kept now and then, and exact replay from them."""

from collections import deque

from .state import State

#: Steps from one state to the next: going back replays at most so many.
EVERY = 100
#: Bounds of what is kept: states, and bytes of them.
MOST, MOST_BYTES = 200, 64 * 2**20
#: States that are kept however large they are.
FEWEST = 2


class Timeline:
    """The states of a run in the order they were passed; the oldest go first."""

    def __init__(self) -> None:
        self.states: deque[State] = deque()
        self.bytes, self._most_bytes = 0, MOST_BYTES

    def keep(self, state: State) -> None:
        """Remember one."""
        self.states.append(state)
        self.bytes += state.size
        self._drop()

    def bound(self, most_bytes: int) -> None:
        """Keep at most so many bytes from here on, and never more than 64 MB."""
        self._most_bytes = min(most_bytes, MOST_BYTES)
        self._drop()

    def _drop(self) -> None:
        while len(self.states) > FEWEST and (len(self.states) > MOST or self.bytes > self._most_bytes):
            self.bytes -= self.states.popleft().size

    def copy(self) -> "Timeline":
        """Another one with the same states, which stay as they are."""
        other = Timeline()
        other.states, other.bytes, other._most_bytes = deque(self.states), self.bytes, self._most_bytes
        return other

    def at(self, steps: int) -> State | None:
        """The last one kept after exactly this many steps: the one with the settings that were left in force."""
        return next((state for state in reversed(self.states) if state.steps == steps), None)

    def before(self, steps: int) -> State | None:
        """The last one kept after at most this many steps."""
        return next((state for state in reversed(self.states) if state.steps <= steps), None)

    def forget_after(self, steps: int) -> None:
        """Drop what lies in a future that was taken back."""
        while self.states and self.states[-1].steps > steps:
            self.bytes -= self.states.pop().size

    @property
    def oldest(self) -> int:
        """The fewest steps that one can go back to."""
        return self.states[0].steps if self.states else 0
