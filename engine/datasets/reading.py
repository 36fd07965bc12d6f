"""A table from its text, as spreadsheets write it (CSV); what is wrong is told by row and column.

A row is a sample: numbers, and last what the network shall say. Words there are classes, and so are whole numbers of
at most ten different values; other numbers are values to predict. Cells are parted by tabs, semicolons or commas,
whichever the first row has; where not by commas, 1,5 is a number. The first row may name the columns.
"""

import csv
import io
import re
import string
from collections.abc import Generator, Iterator
from weakref import WeakValueDictionary

import numpy as np

from ..errors import ExperimentError
from ..tape import Array
from .own import Own

#: Characters of a text that is read, and of a table that is kept, as addresses write it.
LONGEST, MOST = 60_000, 20_000
FEWEST_ROWS, MOST_ROWS, MOST_INPUTS, MOST_CLASSES, LONGEST_NAME = 4, 2_000, 64, 10, 24
#: A number as far from 0 as this is taken for a mistake.
FAR = 1e15
#: Each digit has one place in it only: else a long row of them would take for ever.
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
#: Numbers between commas: cells of a whole row are looked at in one go.
NUMBERS = re.compile(rf"(?:{NUMBER.pattern})(?:,(?:{NUMBER.pattern}))*")
WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
#: What an address writes as it stands.
UNQUOTED = (string.ascii_letters + string.digits + "_.-~,").encode()
EXPECTED = "rows of numbers, and last in each a class or a number"

#: Cells that are read between two pauses: 2 ms of them. A row counts for a few more.
PORTION, A_ROW = 2_000, 4
#: Tables that nobody uses any more, and refusals, that are remembered.
KEPT = 16

Row = tuple[int, list[str]]


def read_table(text: str) -> Own:
    """The table of a text; raises ExperimentError that names the row, the column, what it was and what was expected.

    >>> own = read_table("hours;passed\\n1,5;no\\n2;no\\n4;yes\\n5,5;yes")
    >>> own.columns, own.classes
    ((Column(name='hours', low=1.5, high=5.5),), ('no', 'yes'))
    >>> read_table("1,2,a\\n1,?,b\\n3,4,a\\n5,6,b")
    Traceback (most recent call last):
        ...
    nablascope.engine.errors.ExperimentError: own_data: was 'row 2, column 2: ?', expected a number
    """
    reading = read_with_pauses(text)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            found: Own | ExperimentError = end.value
            break
    if isinstance(found, ExperimentError):
        raise refused(str(found.was), found.expected)
    return found


def read_with_pauses(text: str) -> Generator[None, None, Own | ExperimentError]:
    """The table, or why it is refused; it yields where others can have their turns. `read_table` then knows it."""
    found = _known.find(text)
    if found is None:
        try:
            found = yield from _table(text)
        except ExperimentError as error:
            found = error.with_traceback(None)
        _known.keep(text, found)
        if isinstance(found, Own) and found.exact:
            _known.keep(found.text, found)
        elif isinstance(found, Own):  # an experiment will ask for the text that is kept
            yield from read_with_pauses(found.text)
    return found


class Known:
    """What was read, as it is asked for again and again: all tables that are used, and the last few of any kind."""

    def __init__(self) -> None:
        self._used: WeakValueDictionary[str, Own] = WeakValueDictionary()
        self._last: dict[str, Own | ExperimentError] = {}

    def find(self, text: str) -> Own | ExperimentError | None:
        """What was found in a text, if it is known."""
        return self._used.get(text) or self._last.get(text)

    def keep(self, text: str, found: Own | ExperimentError) -> None:
        """Remember it as the last."""
        self._last.pop(text, None)
        if len(self._last) >= KEPT:
            self._last.pop(next(iter(self._last)), None)
        self._last[text] = found
        if isinstance(found, Own):
            self._used[text] = found


_known = Known()


def _table(text: str) -> Generator[None, None, Own]:
    if len(text) > LONGEST:
        raise refused(f"{len(text):,} characters", f"at most {LONGEST:,}")
    rows, work = [], 0
    for row in rows_of(text.removeprefix("\ufeff")):
        rows.append(row)
        work += len(row[1]) + A_ROW
        if work >= PORTION:
            work = 0
            yield
    if not rows:
        raise refused("nothing", EXPECTED)
    line, head = rows[0]
    if not 2 <= len(head) <= MOST_INPUTS + 1:
        columns = f"{len(head)} column{'s' * (len(head) != 1)}"
        raise refused(f"row {line}: {columns}", f"2 to {MOST_INPUTS + 1}: {EXPECTED}")
    named = not all(map(NUMBER.fullmatch, head[:-1]))
    names = [cell or f"column {place}" for place, cell in enumerate(head, 1)] if named else []
    body = rows[named:]
    if not FEWEST_ROWS <= len(body) <= MOST_ROWS:
        raise refused(f"{len(body):,} row{'s' * (len(body) != 1)} of data", f"{FEWEST_ROWS} to {MOST_ROWS:,}")
    form = Form(names, len(head))
    values = []
    for row in body:
        values.append(form.inputs(row))
        work += len(head) + A_ROW
        if work >= PORTION:
            work = 0
            yield
    numbers, last = np.array(values), form.targets(body)
    yield
    own = Own(names or [*(f"x{place}" for place in range(1, len(head))), "y"], numbers, last)
    written = length_in_address(own.text)
    if written > MOST:
        raise refused(f"a table of {written:,} characters in an address", f"at most {MOST:,}: fewer rows or columns")
    return own


def length_in_address(text: str) -> int:
    """Characters of a text as an address writes it: as it stands, or three for a byte.

    >>> from urllib.parse import quote
    >>> length_in_address("a,b\\n1,ü") == len(quote("a,b\\n1,ü", safe=","))
    True
    """
    written = text.encode()
    return len(written) + 2 * len(written.translate(None, UNQUOTED))


def rows_of(text: str) -> Iterator[Row]:
    """The rows that are not empty, each with the number of its last line."""
    first = next((line[0] for line in re.finditer(r"[^\r\n]+", text) if line[0].strip()), "")
    delimiter = next((mark for mark in "\t;" if mark in first), ",")
    is_number = NUMBER.fullmatch
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) <= MOST_INPUTS + 1:  # else it is refused, whatever is in them
                    cells = [cell if is_number(cell) else cleaned(cell, delimiter != ",") for cell in cells]
                yield reader.line_num, cells
    except csv.Error as error:
        raise refused(f"row {reader.line_num}", f"cells of a table ({error})") from error


def cleaned(cell: str, decimal_comma: bool) -> str:
    """A number with its point; else a word without what cannot be shown, or would be taken for marks of the table."""
    number = cell.strip().replace(",", ".") if decimal_comma else cell.strip()
    if NUMBER.fullmatch(number):
        return number
    return " ".join("".join(mark if mark.isprintable() and mark not in ',;"' else " " for mark in cell).split())


class Form:
    """What is expected of every row: as many cells as the first has; `names` are empty where it names none."""

    def __init__(self, names: list[str], width: int) -> None:
        self.names, self.width = names, width

    def inputs(self, row: Row) -> list[float]:
        """All numbers but the last."""
        line, cells = row
        if len(cells) != self.width:
            cells_said = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
            raise refused(f"row {line}: {cells_said}", f"{self.width}, as in the first row")
        if NUMBERS.fullmatch(",".join(cells[:-1])):  # no cell has a comma in it
            values = [float(cell) for cell in cells[:-1]]
            if max(values) < FAR and min(values) > -FAR:
                return values
        return [self.number(line, place, cell) for place, cell in enumerate(cells[:-1], 1)]

    def number(self, line: int, place: int, cell: str) -> float:
        """A cell's."""
        if not NUMBER.fullmatch(cell):
            raise refused(f"{self.where(line, place)}: {cell or 'nothing'}", "a number")
        if not abs(float(cell)) < FAR:
            raise refused(f"{self.where(line, place)}: {cell}", f"a number nearer to 0 than {FAR:.0e}")
        return float(cell)

    def where(self, line: int, place: int) -> str:
        """A cell's place in words."""
        name = f" ({self.names[place - 1]})" if self.names else ""
        return f"row {line}, column {place}{name}"

    def targets(self, rows: list[Row]) -> Array | list[str]:
        """The last column: values to predict, as numbers, or the names of classes."""
        last = [(line, cells[-1]) for line, cells in rows]
        whole = all(WHOLE.fullmatch(cell) for _, cell in last)
        found = {str(int(cell)) if whole else cell for _, cell in last}
        word = next(((line, cell) for line, cell in last if not NUMBER.fullmatch(cell)), None)
        if word is None and not (whole and len(found) <= MOST_CLASSES):
            values = np.array([self.number(line, self.width, cell) for line, cell in last])
            if np.ptp(values) == 0:
                raise refused(f"column {self.width}: {last[0][1]} in every row", "values that differ")
            return values
        self._check(last, found, word)
        return [str(int(cell)) if whole else cell for _, cell in last]

    def _check(self, last: list[tuple[int, str]], found: set[str], word: tuple[int, str] | None) -> None:
        """Whether the names of classes can be some."""
        for line, cell in last:
            if not cell:
                raise refused(f"{self.where(line, self.width)}: nothing", "the name of a class, or a number")
            if len(cell) > LONGEST_NAME:
                raise refused(
                    f"{self.where(line, self.width)}: {cell}", f"a name of at most {LONGEST_NAME} characters"
                )
        if not 2 <= len(found) <= MOST_CLASSES:
            seen = f"column {self.width}: {len(found)} class{'es' * (len(found) != 1)}"
            hint = f"; or only numbers, but row {word[0]} has {word[1]}" if word and len(found) > 2 else ""
            raise refused(seen, f"2 to {MOST_CLASSES}{hint}")


def refused(was: str, expected: str) -> ExperimentError:
    """What is wrong with a table."""
    return ExperimentError("own_data", was, expected)
