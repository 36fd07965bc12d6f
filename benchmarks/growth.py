"""What a step costs as the network grows deeper or wider, or the batch larger; and a picture of it."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from engine_steps import contender, readable
from machine import machine, table, use_one_core, version_of
from picture import Curve, Panel, picture
from products import products
from rounds import Contender, Times, measure, warm_up
from textbook import textbook
from workload import Workload

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "cost.svg"
CURVES = [
    Curve("bare matrix products", "#6b7480", "2 4", sides=4),
    Curve("this engine, with its trace", "#1659c4", width=3),
    Curve("textbook NumPy", "#b4530a", "9 4", sides=3),
    Curve("PyTorch, eager", "#7a2f9e", "9 3 2 3", sides=5),
]
#: In a row of one contender.
STEPS = 40
FLOOR, OURS, TEXTBOOK, PYTORCH = (curve.name for curve in CURVES)

#: Title → (axis, values, the workload at a value).
SERIES = {
    "Depth: 2-[8]×d-1, batch 32": (
        "hidden layers d",
        (1, 2, 4, 8, 16, 32),
        lambda d: Workload("depth", (8,) * d, batch=32),
    ),
    "Width: 2-w-w-w-1, batch 32": (
        "units in each hidden layer w",
        (2, 4, 8, 16, 32, 64, 128, 256, 512),
        lambda w: Workload("width", (w,) * 3, batch=32),
    ),
    "Batch: 2-8-8-8-1": (
        "samples in a batch",
        (1, 4, 16, 64, 256, 1024),
        lambda n: Workload("batch", (8,) * 3, batch=n),
    ),
}


def contenders(workload: Workload) -> dict[str, Contender]:
    """PyTorch is left out where it is not installed."""
    found = {FLOOR: products(workload), OURS: contender(workload, readable), TEXTBOOK: textbook(workload)}
    if version_of("torch"):
        from pytorch_steps import eager

        found[PYTORCH] = eager(workload)
    return found


def rows(found: Sequence[dict[str, Times]]) -> list[list[str]]:
    """A row of the table for each contender."""
    return [[name, *(f"{times[name].p10:.1f}" for times in found)] for name in found[0]]


def main() -> None:
    use_one_core()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    torch = version_of("torch") or "not installed"
    print(f"## How a step grows\n\n{machine()}, PyTorch {torch}; microseconds a step with tanh, binary", end=" ")
    print(f"cross-entropy and SGD, p10 of {options.rounds} rounds; in each, {STEPS} steps of everything here\n")
    groups = [contenders(workload(value)) for _, values, workload in SERIES.values() for value in values]
    for running in groups:
        warm_up(running)
    results = iter(measure(groups, options.rounds, STEPS))
    panels = []
    for title, (axis, values, _) in SERIES.items():
        found = [next(results) for _ in values]
        print(table([title, *values], rows(found)), end="\n\n")
        panels.append(Panel(title, axis, values, {name: [times[name].p10 for times in found] for name in found[0]}))
    drawn = [curve for curve in CURVES if curve.name in panels[0].y]
    PICTURE.write_text(picture("Time of one training step", panels, drawn), encoding="utf-8")
    print("![The same as curves on logarithmic axes](../docs/images/cost.svg)")


if __name__ == "__main__":
    main()
