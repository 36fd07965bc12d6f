"""Frames of 2-16×10-1: bytes, microseconds to encode here and to decode in Chromium, bytes a second for a viewer."""

import argparse
import base64
import os
import shutil
import time

from machine import machine, percentile, table
from nablascope.engine import Experiment
from nablascope.server.training import encode
from nablascope.server.training.run import TrainingRun
from nablascope.server.wire.protocol import BELIEF, HISTORY, PARAMETERS, PULSE, RESPONSE
from playwright.sync_api import sync_playwright
from serving import server

NAMES = {
    PULSE: "pulse", PARAMETERS: "parameters, float16 scaled", RESPONSE: "response", BELIEF: "belief",
    HISTORY: "history, 300 steps",
}  # fmt: skip
DECODE = """async ([text, run]) => {
  const {decodeHeader, decode} = await import("/static/wire/protocol.js");
  const buffer = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const times = [];
  for (let block = 0; block < 200; block++) {
    const start = performance.now();
    for (let turn = 0; turn < 200; turn++) decode(buffer, decodeHeader(buffer), run, 0);
    times.push(5 * (performance.now() - start));
  }
  return times;
}"""


def encode_times(run: TrainingRun, kind: int) -> tuple[bytes, float]:
    """The frame as it goes out while streaming, and the median of the time that it takes."""
    times, made = [], b""
    for _ in range(300):
        run.trainer.run(8)
        start = time.perf_counter()
        if kind == HISTORY:
            made = encode.history_frame(run.trainer.history, run.header(run.now, kind), run.trainer.steps - 300)
        else:
            made = run._frame(run.now, kind) or b""
        times.append(1e6 * (time.perf_counter() - start))
    return made, percentile(times, 0.5)


def main() -> None:
    argparse.ArgumentParser().parse_args()
    run = TrainingRun(Experiment(hidden=[16] * 10, activation="tanh"), 0.0, speed=6)
    run.trainer.run(1000)
    described = {"run": run.run, "schema": run.run, **encode.describe_run(run.trainer)}
    print(
        f"## The wire, 2-16×10-1, streaming\n\n{machine()}; encoding with everything that it has to compute first\n"
    )
    path = os.environ.get("NABLASCOPE_CHROMIUM") or shutil.which("chromium")
    rows = []
    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address.replace("ws://", "http://").removesuffix("ws") + "healthz")
        for kind, name in NAMES.items():
            frame, encoding = encode_times(run, kind)
            decode = page.evaluate(DECODE, [base64.b64encode(frame).decode(), described])
            rows.append([name, f"{len(frame):,}", f"{encoding:.0f}", f"{percentile(decode, 0.5):.1f}"])
        browser.close()
    print(table(["frame", "bytes", "encode µs", "decode µs"], rows))
    seconds, sizes, run.outbox, now = 20, dict.fromkeys(NAMES, 0), [], 0.0
    counts = dict.fromkeys(NAMES, 0)
    while now < seconds:
        now += 0.002
        run.now = now
        run.trainer.run(8)
        run._send_due(now)
        for out in run.outbox:
            if out[0] == "frame":
                sizes[out[1]] += len(out[2])
                counts[out[1]] += 1
        run.outbox = []
    total = sum(sizes.values()) / seconds / 1000
    shares = ", ".join(
        f"{NAMES[kind].split(',')[0]} {counts[kind] / seconds:.1f}/s" for kind in NAMES if counts[kind]
    )
    print(f"\nOne viewer, turbo: {total:.0f} KB/s ({shares}).")


if __name__ == "__main__":
    main()
