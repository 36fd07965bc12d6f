"""What axe finds wrong with a page: WCAG 2.2 AA, and its best practices."""

from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: A projector's, a tablet's and a phone's.
SIZES = [(1440, 900), (1024, 768), (390, 844)]
#: Only what is wrong leaves the page: all that is right takes longer to be told than to be found.
LOOK = """async (tags) => (await axe.run({runOnly: tags})).violations
  .map(({id, nodes}) => [id, nodes.map(({html}) => html.slice(0, 100))])"""
#: Two frames, in which new colours begin to come, then until they have come.
SETTLED = """async () => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  const coming = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  await Promise.allSettled(coming.map(({finished}) => finished));
}"""


def faults_of(page: Any) -> list[Any]:
    """Each fault's name, and where it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(LOOK, TAGS)
    return found


def faults_in_both_themes(page: Any) -> list[Any]:
    """Each theme's faults, light first, each once its colours have stopped changing."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.locator(f"html[data-theme={theme}]").wait_for()
        page.evaluate(SETTLED)
        found += [(theme, *fault) for fault in faults_of(page)]
    return found
