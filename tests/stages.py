"""The stage in a browser, for a test: what it shows, what it knows, and how people find its controls."""

import contextlib
import time
from typing import Any

from playwright.sync_api import Error, Page

#: Looks at the page's state until a condition holds, or milliseconds have passed; after the next drawing says which.
LOOK = """new Promise((told) => {
  const end = performance.now() + %f;
  const holds = () => {
    try { const state = window.nablascope.state(); return Boolean(%s); } catch { return false; }
  };
  const look = () => {
    if (holds()) requestAnimationFrame(() => requestAnimationFrame(() => told(true)));
    else if (performance.now() > end) told(false);
    else setTimeout(look, 15);
  };
  look();
})"""
#: Waits until nothing on the page has changed its size for as long as a chart may wait for its turn to be drawn.
SETTLED = """async () => {
  const sizes = () => JSON.stringify([...document.querySelectorAll("canvas, svg, section, main, header")]
    .map(({clientWidth, clientHeight}) => [clientWidth, clientHeight]));
  for (let same = 0, last = "", looks = 0; same < 3 && looks < 40; looks++) {
    await new Promise((done) => setTimeout(() => requestAnimationFrame(done), 150));
    const now = sizes();
    same = now === last ? same + 1 : 0;
    last = now;
  }
}"""


def resize(page: Page, width: int, height: int) -> None:
    """Give a page another size, and wait until everything on it has taken its new place."""
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(SETTLED)


class Stage:
    """A page of the stage: finds controls as people do, and knows what the page knows."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def state(self, path: str) -> Any:
        """A value of the page's state, such as "pulse.step"."""
        return self.page.evaluate(f"window.nablascope.state().{path}")

    def until(self, condition: str, timeout: float = 15.0) -> None:
        """Wait for a condition on `state`, and until what it says is drawn: who reads the page then, reads it there.

        The page itself looks, which costs a fraction of asking it from here again and again. (Playwright's own way
        needs eval, which the page's policy forbids.)
        """
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            with contextlib.suppress(Error):  # another page has come: ask that one
                assert self.page.evaluate(LOOK % (1000 * left, condition)), f"not within {timeout} s: {condition}"
                return
            self.page.wait_for_timeout(15)
        raise AssertionError(f"not within {timeout} s: {condition}")

    def rest(self) -> None:
        """Pause, and wait for the last pulse. Nothing is drawn anew: what looks at a page is spared half a core."""
        self.press("Pause")
        self.until("!state.playing && !state.pulse.running")

    def resize(self, width: int, height: int) -> None:
        """Give the page another size, and wait until everything on it has taken its new place."""
        resize(self.page, width, height)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def slide(self, name: str, value: float) -> None:
        self.page.get_by_role("slider", name=name, exact=True).fill(str(value))

    def choose(self, name: str, option: str) -> None:
        self.page.get_by_role("combobox", name=name, exact=True).select_option(option)

    def quantity(self, name: str) -> float:
        return float(self.page.locator(f'output[data-quantity="{name}"]').get_attribute("data-value") or "nan")
