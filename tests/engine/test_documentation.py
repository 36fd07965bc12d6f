"""docs/engine.md has a row for everything that can be chosen."""

from pathlib import Path

import pytest
from nablascope.engine import ACTIVATIONS, DATASETS, FEATURES, INITIALISERS, LOSSES
from nablascope.engine.golden import GOLDEN

TEXT = (Path(__file__).parent.parent.parent / "docs" / "engine.md").read_text(encoding="utf-8")
TABLES = {
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "initialisers": INITIALISERS,
    "datasets": DATASETS,
    "features": FEATURES,
}


@pytest.mark.parametrize(("table", "name"), [(table, name) for table, rows in TABLES.items() for name in rows])
def test_every_choice_has_a_row_in_the_documentation(table: str, name: str) -> None:
    assert f"| `{name}` | {TABLES[table][name].label} |" in TEXT


@pytest.mark.parametrize("name", GOLDEN)
def test_every_published_result_has_a_row_in_the_documentation(name: str) -> None:
    assert f"| `{name}` |" in TEXT
