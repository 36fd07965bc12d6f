"""What axe finds wrong with a page: WCAG 2.2 AA, and its best practices."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stages import resize

SCRIPT = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: The rules among them that depend on colours: in another theme all the others find the same.
COLOURS = ["color-contrast", "link-in-text-block"]
#: A projector's, a tablet's and a phone's.
SIZES = [(1440, 900), (1024, 768), (390, 844)]
#: Only what is wrong leaves the page: all that is right takes longer to be told than to be found.
LOOK = """async (wanted) => (await axe.run({runOnly: wanted, resultTypes: ["violations"]})).violations
  .map(({id, nodes}) => [id, nodes.map(({html}) => html.slice(0, 100))])"""
#: Two frames, in which new colours begin to come, then until they have come.
SETTLED = """async () => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  const coming = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  await Promise.allSettled(coming.map(({finished}) => finished));
}"""


def faults_of(page: Any, theme: str = "light") -> list[Any]:
    """Each fault's name, and where it is; in the dark theme, whose page is otherwise the same, of colours alone."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(LOOK, TAGS if theme == "light" else COLOURS)
    return found


def faults_in_both_themes(page: Any) -> list[Any]:
    """Each theme's faults, light first, each once its colours have stopped changing.

    The themes differ in their colours alone: in the dark one only the rules about colours are asked.
    """
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.locator(f"html[data-theme={theme}]").wait_for()
        page.evaluate(SETTLED)
        found += [(theme, *fault) for fault in faults_of(page, theme)]
    return found


def at_every_size(page: Any) -> Iterator[tuple[int, int]]:
    """Give a page each size in turn, beginning with the one that it has."""
    has = page.viewport_size
    for width, height in sorted(SIZES, key=lambda size: size != (has["width"], has["height"])):
        resize(page, width, height)
        yield width, height


def faults_at_every_size(page: Any) -> list[Any]:
    """The faults in both themes of a page that takes these sizes one after the other, each with its size."""
    return [(size, *fault) for size in at_every_size(page) for fault in faults_in_both_themes(page)]
