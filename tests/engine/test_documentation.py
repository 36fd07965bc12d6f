"""docs/engine.md has a row for everything that can be chosen, and its examples run."""

import re
from pathlib import Path

import pytest
from nablascope.engine import (
    ACTIVATIONS,
    DATASETS,
    FEATURES,
    INITIALISERS,
    LOSSES,
    NORMALISATIONS,
    OPTIMISERS,
    SCHEDULES,
)
from nablascope.engine.golden import GOLDEN

TEXT = (Path(__file__).parent.parent.parent / "docs" / "engine.md").read_text(encoding="utf-8")
TABLES = {
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "initialisers": INITIALISERS,
    "datasets": DATASETS,
    "features": FEATURES,
    "optimisers": OPTIMISERS,
    "schedules": SCHEDULES,
    "normalisations": NORMALISATIONS,
}


@pytest.mark.parametrize(("table", "name"), [(table, name) for table, rows in TABLES.items() for name in rows])
def test_every_choice_has_a_row_in_the_documentation(table: str, name: str) -> None:
    assert f"| `{name}` | {TABLES[table][name].label} |" in TEXT


@pytest.mark.parametrize("name", GOLDEN)
def test_every_published_result_has_a_row_in_the_documentation(name: str) -> None:
    assert f"| `{name}` |" in TEXT


@pytest.mark.parametrize("page", ["README.md", "docs/engine.md"])
def test_the_examples_run(page: str) -> None:
    text = (Path(__file__).parent.parent.parent / page).read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert examples
    exec("\n".join(examples), {})
