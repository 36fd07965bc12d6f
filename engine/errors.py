"""What is raised when a value is refused."""

#: Characters of a refused value that an error repeats.
SHOWN = 80


class ExperimentError(ValueError):
    """A setting was refused; says which field, what it was and what was expected."""

    def __init__(self, field: str, was: object, expected: str) -> None:
        self.field, self.was, self.expected = field or "''", was, expected
        super().__init__(f"{self.field}: was {shown(was)}, expected {expected}")


def shown(value: object) -> str:
    """A value as an error repeats it: on one line, at most 80 characters."""
    try:
        text = repr(value)
    except ValueError:  # Python does not write integers of more than 4,300 digits
        text = "a number too long to write"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
