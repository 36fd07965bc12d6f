"""The inspector as people use it: a stage at a known step, a place that is chosen, a line that is read."""

from typing import Any

from nablascope.engine import PRESETS, Trainer


def stepped(page: Any, steps: int = 2) -> Trainer:
    """A paused stage after so many steps, and a trainer that stands at the same place."""
    page.press("Pause")
    page.press("Reset")
    page.until("!state.playing && state.pulse.step === 0")
    trainer = Trainer(PRESETS["First look"].experiment)
    for step in range(1, steps + 1):
        page.press("One step")
        page.until(f"state.parameters.step === {step} && state.parameters.after && state.pulse.phase === 9")
        trainer.step()
    page.page.wait_for_timeout(400)  # until the update has faded
    return trainer


def value(page: Any, name: str) -> float:
    shown = page.page.locator(f".inspector li[data-line='{name}'] output")
    return float(shown.get_attribute("data-value"))


def inspected(page: Any, kind: str, **numbers: int) -> None:
    wanted = " && ".join(f"place.{name} === {number}" for name, number in numbers.items()) or "true"
    page.until(f"(place => place.kind === '{kind}' && {wanted})(state.answers.inspection.found.place)")


def choose(page: Any, layer: str, unit: str | None = None, part: str | None = None) -> None:
    for name, option in (("Layer to inspect", layer), ("Unit to inspect", unit), ("Part to inspect", part)):
        if option is not None:
            page.choose(name, option)
            page.until("true")  # drawn: the next list is that of this choice
