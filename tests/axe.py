"""What axe finds wrong with a page: WCAG 2.2 AA, and its best practices."""

from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Each size and each theme: contrast does not depend on the size, nor a layout on the theme.
#: The stage itself is looked at in all (tests/browser/test_layout.py).
LOOKS = [(1440, 900, "light"), (1024, 768, "dark"), (390, 844, "light")]
#: Only what is wrong leaves the page: all that is right takes longer to be told than to be found.
LOOK = """async (tags) => (await axe.run({runOnly: tags})).violations
  .map(({id, nodes}) => [id, nodes.map(({html}) => html.slice(0, 100))])"""


def faults_of(page: Any) -> list[Any]:
    """Each fault's name, and where it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(LOOK, TAGS)
    return found
