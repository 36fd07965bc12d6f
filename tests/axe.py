"""What axe finds wrong with a page: WCAG 2.2 AA, and its best practices."""

from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults_of(page: Any) -> list[Any]:
    """Each fault's name, and where it is."""
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    return [(fault["id"], [node["html"][:100] for node in fault["nodes"]]) for fault in found["violations"]]
