"""The page in headless Chromium without a GPU: frames, script time, input delay, from the slider to the picture."""

import argparse
import os
import shutil
import time
from typing import Any

from machine import machine, percentile, table
from playwright.sync_api import Page, sync_playwright
from serving import server

# Every callback of requestAnimationFrame is timed; what runs in one frame is added up.
INSTRUMENT = """
window.bench = {frames: [], delays: []};
const request = window.requestAnimationFrame.bind(window);
let current = null;
window.requestAnimationFrame = (callback) => request((now) => {
  const start = performance.now();
  callback(now);
  const spent = performance.now() - start;
  if (current?.now === now) current.spent += spent;
  else window.bench.frames.push(current = {now, spent});
});
addEventListener("pointerdown", (event) => window.bench.delays.push(performance.now() - event.timeStamp), true);
"""
# A hand on the slider: the time until the frame that shows a step computed with the new rate has been drawn.
TO_DRAWN = """async (count) => {
  const times = [], slider = document.querySelector('input[aria-label="Learning rate"]');
  for (let turn = 0; turn < count; turn++) {
    const value = 0.1 + (turn % 20) / 100;
    await new Promise((done) => setTimeout(done, 40 + 17 * Math.random()));
    const before = window.nablascope.state().pulse.step, start = performance.now();
    slider.value = Math.log10(value);
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    const wanted = Math.fround(Number(value.toPrecision(3)));
    for (;;) {
      await new Promise(requestAnimationFrame);
      const {pulse} = window.nablascope.state();
      if (Math.abs(pulse.learningRate - wanted) < 1e-6 && pulse.step > before) break;
    }
    times.push(performance.now() - start);
  }
  return times;
}"""


def opened(browser: Any, address: str, speed: int, **changes: object) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(INSTRUMENT)
    page.goto(address.replace("ws://", "http://").removesuffix("ws"))
    page.wait_for_timeout(1500)
    if changes:
        page.evaluate(
            """async (changes) => {
              const room = window.nablascope.state().room, token = sessionStorage.getItem(`nablascope.token.${room}`);
              const socket = new WebSocket(`ws://${location.host}/ws`);
              await new Promise((done) => { socket.onopen = done; });
              socket.send(JSON.stringify({type: "hello", protocol: 1, room, token}));
              socket.send(JSON.stringify({type: "set", changes, reset: true}));
              await new Promise((done) => setTimeout(done, 500));
              socket.close();
            }""",
            changes,
        )
    page.get_by_role("slider", name="Speed").fill(str(speed))
    page.wait_for_timeout(2000)
    return page


def drawing(page: Page, seconds: float) -> tuple[float, float, float]:
    """Frames a second, and the median and p95 of the script's milliseconds in frames that drew."""
    page.evaluate("window.bench.frames.length = 0")
    page.wait_for_timeout(1000 * seconds)
    frames = page.evaluate("window.bench.frames")
    spent = [frame["spent"] for frame in frames if frame["spent"] > 0.05]
    span = (frames[-1]["now"] - frames[0]["now"]) / 1000
    return (len(frames) - 1) / span, percentile(spent, 0.5), percentile(spent, 0.95)


def input_delay(page: Page, clicks: int) -> list[float]:
    page.evaluate("window.bench.delays.length = 0")
    for _ in range(clicks):
        page.mouse.click(700, 20)
        page.wait_for_timeout(60)
    return list(page.evaluate("window.bench.delays"))


def steps_per_second(page: Page, seconds: float, watched: bool) -> float:
    """Of the engine, with this page looking, or after it has gone elsewhere and come back."""
    step = "window.nablascope.state().pulse.step"
    started, before, url = time.perf_counter(), page.evaluate(step), page.url
    if watched:
        page.wait_for_timeout(1000 * seconds)
    else:
        page.goto("about:blank")
        time.sleep(seconds)
        page.goto(url)
        page.wait_for_function("() => true")
        while page.evaluate("window.nablascope?.state().pulse?.step ?? 0") <= before:
            page.wait_for_timeout(10)
    return float((page.evaluate(step) - before) / (time.perf_counter() - started))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    path = os.environ.get("NABLASCOPE_CHROMIUM") or shutil.which("chromium")
    print(f"## The page, headless Chromium without a GPU, 1440 × 900\n\n{machine()}\n")
    net = {"hidden": [16] * 10, "activation": "tanh"}
    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        rows = []
        for name, speed, changes in (
            ("2-16×10-1, slow motion", 0, net), ("2-16×10-1, 1 step/s", 1, net), ("2-16×10-1, turbo", 6, net),
            ("First look, 1 step/s", 1, {}), ("First look, turbo", 6, {}),
        ):  # fmt: skip
            page = opened(browser, address, speed, **changes)
            rate, middle, high = drawing(page, options.seconds)
            delays = input_delay(page, 40)
            delay = f"{percentile(delays, 0.5):.1f} / {percentile(delays, 0.99):.1f}"
            rows.append([name, f"{rate:.1f}", f"{middle:.2f}", f"{high:.2f}", delay])
            page.close()
        print(table(["", "frames/s", "script ms/frame, median", "p95", "input delay ms, p50 / p99"], rows))
        rows = []
        for name, speed in (("25 steps/s", 3), ("turbo", 6)):
            page = opened(browser, address, speed)
            times = page.evaluate(TO_DRAWN, 200)
            rows.append([name, len(times), f"{percentile(times, 0.5):.1f}", f"{percentile(times, 0.99):.1f}"])
            page.close()
        print("\nFrom moving the slider to the frame that shows its effect, ms\n")
        print(table(["First look", "moves", "p50", "p99"], rows))
        page = opened(browser, address, 6, hidden=[8] * 3)
        pairs = [(steps_per_second(page, 4, True), steps_per_second(page, 4, False)) for _ in range(4)]
        watched, alone = (percentile([pair[which] for pair in pairs], 0.5) for which in (0, 1))
        print("\nTurbo, 2-8-8-8-1, steps/s, interleaved\n")
        print(
            table(
                ["with the page", "with nobody", "share"],
                [[f"{watched:,.0f}", f"{alone:,.0f}", f"{watched / alone:.0%}"]],
            )
        )
        browser.close()


if __name__ == "__main__":
    main()
