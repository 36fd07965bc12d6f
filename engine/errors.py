"""What is raised when a value is refused."""

#: Characters of a refused value that an error repeats.
SHOWN = 80


class ExperimentError(ValueError):
    """A setting was refused; says which field, what it was and what was expected."""

    def __init__(self, field: str, was: object, expected: str) -> None:
        self.field, self.was, self.expected = field or "''", was, expected
        super().__init__(f"{self.field}: was {shown(was)}, expected {expected}")


def shown(value: object, most: int = SHOWN) -> str:
    """A value as an error repeats it: on one line, and only so many characters of it."""
    try:
        text = _beginning(value, most)
    except ValueError:  # Python does not write integers of more than 4,300 digits
        text = "a number too long to write"
    return text if len(text) <= most else text[: most - 1] + "…"


def _beginning(value: object, letters: int) -> str:
    """What `repr` gives, or of JSON a little more than so many letters of it: the whole may be long to make."""
    if type(value) is str:
        return repr(value[:letters])
    if not isinstance(value, list | dict) or type(value) not in (list, dict):
        return repr(value)
    text, end = "[]" if isinstance(value, list) else "{}"
    for place, item in enumerate(value):
        if len(text) > letters:
            return text
        text += ", " if place else ""
        text += _beginning(item, max(0, letters - len(text)))
        if isinstance(value, dict):
            text += ": " + _beginning(value[item], max(0, letters - len(text)))
    return text + end
