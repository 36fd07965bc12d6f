"""A training step with its trace, against its own bare matrix products, textbook NumPy, PyTorch and JAX."""

import argparse

from engine_steps import bare, contender, kept, readable, unseen
from machine import machine, table, use_one_core, version_of
from products import products
from rounds import Contender, Times, measure, warm_up
from textbook import specification, textbook
from workload import WORKLOADS, Workload

#: Row of the table → the package it needs.
ROWS = {
    "bare matrix products": None,
    "this engine, without trace": None,
    "**this engine, trace readable**": None,
    "this engine, every trace kept": None,
    "this engine, `run(n)`, nobody looks": None,
    "textbook NumPy": None,
    "textbook NumPy that knows every choice (`engine/step/textbook.py`)": None,
    "PyTorch, eager, loss read": "torch",
    "JAX, jit, loss read": "jax",
    "JAX, scan of 50 steps": "jax",
}
FLOOR, BARE, OURS = list(ROWS)[:3]
EXPLANATION = (
    "All contenders train the same network from the same weights on the same batches, in float32 on one thread "
    "and one core, interleaved in one process; after 50 steps their losses agree to a thousandth. They pick the "
    "batch, go forward, take the loss, go backward, update, and read the loss (`run(n)` and the scan: it can be "
    "read at the end). Without trace: just that, with the trainer's own tapes; no norms, no check for inf and "
    "NaN, no history, no way back in time. Every trace kept: each is copied as a whole. The bare products do "
    "nothing else: no activation, no loss, no update; each is a whole one, where the engine cuts the largest into "
    "parts."
)


def contenders(workload: Workload) -> dict[str, Contender]:
    """Those that are installed, in the table's order."""
    found = [
        products(workload),
        bare(workload),
        *(contender(workload, run) for run in (readable, kept, unseen)),
        textbook(workload),
        specification(workload),
    ]
    if version_of("torch"):
        from pytorch_steps import eager

        found.append(eager(workload))
    if version_of("jax"):
        from jax_steps import compiled, scanned

        found += [compiled(workload), scanned(workload)]
    rows = [name for name, package in ROWS.items() if package is None or version_of(package)]
    return dict(zip(rows, found, strict=True))


def versions() -> str:
    """The peers', or that they are missing."""
    found = [(name, version_of(package)) for name, package in (("PyTorch", "torch"), ("JAX", "jax"))]
    return ", ".join(f"{name} {number}" if number else f"{name} not installed" for name, number in found)


def report(results: dict[str, dict[str, Times]]) -> str:
    """Times, and how many times as long each takes as two of them."""
    head = ["", *(name.split(":")[0] for name in results)]
    rows: dict[str, list[list[str]]] = {"times": [], OURS: [], BARE: [], FLOOR: []}
    for row, package in ROWS.items():
        if package and not version_of(package):
            rows["times"].append([row, *["not installed"] * len(results)])
            continue
        rows["times"].append(
            [row, *(f"{found[row].p10:.1f} / {found[row].median:.1f}" for found in results.values())]
        )
        for base in (OURS, BARE, FLOOR):
            rows[base].append([row, *(f"{found[row].p10 / found[base].p10:.2f}" for found in results.values())])
    parts = ["- " + "\n- ".join(results), "Microseconds a step, p10 / median", table(head, rows["times"])]
    titles = {
        OURS: "this engine's step with its trace", BARE: "the same without trace", FLOOR: "the bare matrix products",
    }  # fmt: skip
    for base, title in titles.items():
        parts += [f"How many times as long as {title} (p10)", table(head, rows[base])]
    return "\n\n".join(parts)


def main() -> None:
    use_one_core()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    results = {}
    for workload in WORKLOADS:
        running = contenders(workload)
        warm_up(running)
        (results[workload.name],) = measure([running], options.rounds, workload.block, options.seconds)
    print(
        f"## A training step with its trace\n\n{machine()}, {versions()}; {options.rounds} rounds or more, "
        f"{options.seconds:.0f} s or longer for each network\n\n{EXPLANATION}\n"
    )
    print(report(results))


if __name__ == "__main__":
    main()
