"""Courses of pages to read beside the stage, and what each page puts on it. Adding a page is a row and its text.

The stage calls a course a lesson. The texts are in `templates/lessons`; a test holds what they say of numbers to
these very experiments.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..experiment import Experiment
from .presets import PRESETS


@dataclass(frozen=True)
class Scene:
    """What a page puts on the stage, and where one looks then.

    preset, changes   a preset's experiment with other values for some settings
    speed             a position of the speed slider
    selection         what the inspector shows: a place as `diagnostics.Place.of` reads it, or None
    lab               an instrument of the lab that is open, or None
    ladder            what the ladder shows: gradient, delta or ratio
    """

    preset: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    speed: int = 1
    selection: Mapping[str, Any] | None = None
    lab: str | None = None
    ladder: str = "gradient"

    @property
    def experiment(self) -> Experiment:
        """The whole of it; raises ExperimentError where a change is none."""
        return PRESETS[self.preset].experiment.change(**self.changes)


@dataclass(frozen=True)
class Page:
    """One page: the name of its text, its title, and its scene."""

    name: str
    title: str
    scene: Scene


@dataclass(frozen=True)
class Course:
    """Pages in their order."""

    name: str
    title: str
    pages: tuple[Page, ...]


_FIRST, _DEEP = "First look", "Vanishing gradient"

COURSES: dict[str, Course] = {
    course.name: course
    for course in (
        Course(
            "forward",
            "Forward and backward",
            (
                Page("sum", "A unit adds up", Scene("XOR", {}, 0, {"kind": "unit", "layer": 1, "unit": 0})),
                Page("bend", "Then it bends the sum", Scene("XOR", {"activation": "linear"}, 3)),
                Page("loss", "One number for all errors", Scene(_FIRST, {}, 0, {"kind": "loss"})),
                Page("chain", "The error runs back", Scene(_FIRST, {}, 0, {"kind": "unit", "layer": 2, "unit": 0})),
                Page(
                    "update",
                    "A small step downhill",
                    Scene(_FIRST, {}, 0, {"kind": "weight", "layer": 1, "unit": 0, "source": 0}),
                ),
                Page("again", "And again, hundreds of times", Scene(_FIRST, {}, 3)),
            ),
        ),
        Course(
            "rate",
            "The learning rate",
            (
                Page("crawl", "Too small: it crawls", Scene(_FIRST, {"learning_rate": 0.003}, 4)),
                Page("fit", "It fits", Scene(_FIRST, {"learning_rate": 0.3}, 4)),
                Page("overshoot", "Too large: it overshoots", Scene(_FIRST, {"learning_rate": 6.0}, 4)),
                Page("diverge", "Far too large: it diverges", Scene("Sine", {"learning_rate": 3.0}, 2)),
                Page("valley", "The U", Scene(_FIRST, {"learning_rate": 0.1}, 4)),
            ),
        ),
        Course(
            "vanishing",
            "Vanishing gradients",
            (
                Page("first", "The first layer hears nothing", Scene(_DEEP, {}, 3)),
                Page("slope", "A slope of a quarter at most", Scene(_DEEP, {}, 1, lab="taken_apart")),
                Page(
                    "power",
                    "A quarter of a quarter of …",
                    Scene("Nielsen: four hidden layers", {}, 3, ladder="delta"),
                ),
                Page("deep", "The deeper, the worse", Scene(_DEEP, {"hidden": [6] * 8}, 3)),
                Page("explode", "The other end: it explodes", Scene("Exploding gradient", {}, 1)),
            ),
        ),
        Course(
            "remedies",
            "Remedies",
            (
                Page("small", "Weights that are too small", Scene("30 ReLU layers, Xavier", {}, 3)),
                Page("start", "Weights of the right size", Scene("30 ReLU layers, He", {}, 3)),
                Page("relu", "A slope that does not shrink", Scene("Cured: ReLU + He", {}, 3)),
                Page("norm", "Back to the steep part", Scene(_DEEP, {"normalisation": "batch"}, 3)),
                Page("around", "A way around each layer", Scene("Residual on", {}, 4)),
            ),
        ),
    )
}
