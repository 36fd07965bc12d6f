"""A page at rest draws nothing and asks for no frames; whatever happens then wakes it."""

from collections.abc import Callable
from typing import Any

from nablascope.engine import Experiment, to_address
from playwright.sync_api import expect

Open = Callable[..., Any]

#: How many frames the page itself asks for in one second.
ASKED = """async () => {
  const ask = window.requestAnimationFrame;
  let asked = 0;
  window.requestAnimationFrame = (frame) => { asked += 1; return ask(frame); };
  await new Promise((over) => setTimeout(over, 1000));
  window.requestAnimationFrame = ask;
  return asked;
}"""
#: Milliseconds after which it rests, and what a busy machine may add.
LINGERS = 5000 + 2000


def comes_to_rest(page: Any) -> None:
    page.wait_for_timeout(LINGERS)
    for _ in range(10):
        if page.evaluate(ASKED) == 0:
            return
    raise AssertionError(f"{page.evaluate(ASKED)} frames in a second, expected none")


def test_a_stage_that_is_paused_asks_for_no_frames_until_something_happens(stage: Open) -> None:
    page = stage()
    page.slide("Speed", 3)
    page.until("state.pulse.step > 10")
    assert page.page.evaluate(ASKED) > 5
    page.rest()
    comes_to_rest(page.page)
    # By a press, by another size, and by the other theme: each is drawn.
    step = page.quantity("step")
    page.press("One step")
    page.until(f"state.pulse.step === {step + 1:g}")
    assert page.quantity("step") == step + 1
    comes_to_rest(page.page)
    page.page.set_viewport_size({"width": 1100, "height": 800})
    page.page.wait_for_timeout(400)
    width, shown = page.page.locator("[data-view=network] canvas").evaluate("(it) => [it.width, it.clientWidth]")
    assert width == shown
    comes_to_rest(page.page)
    page.press("Dark colours")
    page.until("state.theme === 'dark'")
    page.page.get_by_role("button", name="Light colours", exact=True).wait_for()


def test_a_comparison_at_rest_asks_for_no_frames_and_its_buttons_wake_it(server: Any, visits: Any) -> None:
    addresses = [to_address(Experiment(learning_rate=rate)) for rate in (0.1, 0.3)]
    page = visits.open(f"{server.url}compare#{'||'.join(addresses)}", server.url)
    step = page.locator('.column-of-run output[data-quantity="step"]').first
    step.wait_for()
    comes_to_rest(page)
    page.get_by_role("button", name="One step", exact=True).click()
    expect(step).to_have_attribute("data-value", "1")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(step).not_to_have_attribute("data-value", "1")
    page.get_by_role("button", name="Pause", exact=True).click()
    comes_to_rest(page)
