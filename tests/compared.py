"""The page that compares runs in a browser, for a test: what it shows, and what it knows."""

import contextlib
from typing import Any

from nablascope.engine import Experiment, to_address
from playwright.sync_api import Error

BASE = Experiment(dataset="sine", hidden=[6], activation="relu", loss="mse", learning_rate=0.1)


def address_of(*experiments: Experiment) -> str:
    return "compare#" + "||".join(to_address(experiment) for experiment in experiments)


class Compared:
    """The page, and what it knows."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def steps(self) -> list[int]:
        told: list[int] = self.page.evaluate("window.nablascope.states().map(({pulse}) => pulse?.step ?? -1)")
        return told

    def until(self, condition: str, timeout: float = 20.0) -> None:
        """Wait for a condition on `states` and `session`, also while another comparison's page is loading."""
        asked = f"""(() => {{ try {{ const states = window.nablascope.states(), session = window.nablascope.session();
          return Boolean({condition}); }} catch {{ return false; }} }})()"""
        for _ in range(int(timeout / 0.03)):
            with contextlib.suppress(Error):
                if self.page.evaluate(asked):
                    break
            self.page.wait_for_timeout(30)
        else:
            raise AssertionError(f"not within {timeout} s: {condition}; steps {self.steps()}")
        self.page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")

    def stand(self) -> None:
        """Paused, and everything on the page is of the step at which the runs stand."""
        self.press("Pause")
        self.until("!session.playing")
        still: list[int] = []
        while still != (still := self.steps()):
            self.page.wait_for_timeout(400)

    def figures(self, quantity: str) -> list[float]:
        found = self.page.locator(f'.column-of-run output[data-quantity="{quantity}"]').all()
        return [float(output.get_attribute("data-value")) for output in found]
