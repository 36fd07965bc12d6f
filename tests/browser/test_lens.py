"""The step lens on the stage: what it draws is what the engine finds, and its marker turns the learning rate."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.engine.diagnostics import step_lens

Open = Callable[..., Any]
ADDRESS = "#dataset=moons&hidden=5,4&seed=3&optimiser=adam&learning_rate=0.02"
EXPERIMENT = Experiment(dataset="moons", hidden=[5, 4], seed=3, optimiser="adam", learning_rate=0.02)


def paused_after(stage: Open, steps: int, **options: Any) -> Any:
    """A page whose run stands after so many steps from the start."""
    page = stage(ADDRESS, **options)
    page.press("Pause")
    page.press("Reset")
    page.until("!state.playing && state.pulse.step === 0")
    for step in range(1, steps + 1):
        page.press("One step")
        page.until(f"state.pulse.step === {step} && state.wave.pass !== 'backward' && !state.pulse.running")
    return page


def found(page: Any, steps: int, direction: str = "optimiser") -> dict[str, Any]:
    """What the lens shows once it looks along this step in this direction."""
    page.until(
        f"state.answers.lens.found?.step === {steps} && state.answers.lens.found.direction === '{direction}'"
        " && state.answers.lens.found.rate === state.experiment.learning_rate"
    )
    page.page.wait_for_timeout(150)  # the panel is drawn after the answer is there
    return dict(page.state("answers.lens.found"))


def slider(page: Any) -> Any:
    return page.page.get_by_role("slider", name="η on the lens", exact=True)


def test_the_lens_shows_the_engines_own_numbers(stage: Open) -> None:
    page = paused_after(stage, 2)
    trainer = Trainer(EXPERIMENT)
    for _ in range(2):
        trainer.step()
    panel = page.page.get_by_role("region", name="Step lens", exact=True)
    for direction in ("optimiser", "gradient"):
        lens = step_lens(trainer, direction)
        assert lens is not None
        assert found(page, 2, direction) == lens.to_dict()
        shown = float(panel.locator('[data-quantity="best_rate"]').get_attribute("data-value"))
        assert shown == lens.best_rate
        rows = panel.locator("tr[data-zone]")
        zones = [(zone.name, str(zone.low), str(zone.high)) for zone in lens.zones]
        assert [rows.nth(index).get_attribute("data-zone") for index in range(rows.count())] == [z[0] for z in zones]
        ends = [float(cell.get_attribute("data-value")) for cell in panel.locator("td[data-value]").all()]
        assert ends == [end for zone in lens.zones for end in (zone.low, zone.high)]
        assert lens.zone in slider(page).get_attribute("aria-valuetext")
        page.press("along −∇L")


def test_keys_on_the_lens_turn_the_learning_rate(stage: Open) -> None:
    page = paused_after(stage, 1)
    before = found(page, 1)
    slider(page).press("ArrowRight")
    page.until("Math.abs(state.experiment.learning_rate / 0.02 - 10 ** 0.05) < 0.01")
    slider(page).press("PageDown")
    page.until("state.experiment.learning_rate < 0.01")
    slider(page).press("End")
    page.until("state.experiment.learning_rate === 10")
    after = found(page, 1)
    assert (before["rate"], after["rate"]) == (0.02, 10) and before["start"] == after["start"]
    assert slider(page).get_attribute("aria-valuetext") == f"10: {after['zone']}"
    assert page.state("pulse.step") == 1


@pytest.mark.parametrize("touch", [False, True])
def test_dragging_the_marker_turns_the_learning_rate(stage: Open, touch: bool) -> None:
    width = 390 if touch else 1440
    page = paused_after(stage, 1, has_touch=touch, is_mobile=touch, viewport={"width": width, "height": 900})
    page.page.get_by_role("region", name="Step lens", exact=True).scroll_into_view_if_needed()
    found(page, 1)
    box = page.page.locator(".lens .canvas").bounding_box()
    left, width, y = box["x"] + 54, box["width"] - 66, box["y"] + box["height"] / 2
    if touch:
        finger = page.page.context.new_cdp_session(page.page)
        for type, share in (("touchStart", 0.5), ("touchMove", 0.55), ("touchMove", 0.6), ("touchMove", 4 / 6)):
            at = [{"x": left + width * share, "y": y}]
            finger.send("Input.dispatchTouchEvent", {"type": type, "touchPoints": at})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        page.page.mouse.move(left + width * 0.5, y)
        page.page.mouse.down()
        for place in range(50, 67):
            page.page.mouse.move(left + width * place / 100, y)
        page.page.mouse.move(left + width * 4 / 6, y)
        page.page.mouse.up()
    page.until("Math.abs(Math.log10(state.experiment.learning_rate) + 1) < 0.03")
    assert found(page, 1)["step"] == 1


def test_who_watches_sees_the_lens_and_cannot_drag(stage: Open) -> None:
    driver = paused_after(stage, 1)
    found(driver, 1)
    watcher = stage(f"r/{driver.state('room')}")
    watcher.until("state.role === 'student' && state.answers.lens?.found")
    assert watcher.state("answers.lens.found") == driver.state("answers.lens.found")
    assert slider(watcher).get_attribute("aria-disabled") == "true"
    box = watcher.page.locator(".lens .canvas").bounding_box()
    watcher.page.mouse.click(box["x"] + 60, box["y"] + 40)
    watcher.page.wait_for_timeout(300)
    assert watcher.state("experiment.learning_rate") == 0.02


def test_the_lens_says_why_it_has_nothing_to_show(stage: Open) -> None:
    page = paused_after(stage, 0)
    panel = page.page.get_by_role("region", name="Step lens", exact=True)
    page.until("state.answers.lens")
    assert "Once a step is made" in panel.inner_text()
    page.choose("Preset", "Sine")
    page.choose("Activation", "relu")
    page.page.get_by_role("slider", name="Learning rate", exact=True).press("End")
    page.until("state.status === 'diverged' && state.answers.lens?.found === null")
    assert "run away" in panel.inner_text()


def test_the_lens_is_asked_at_most_twice_a_second_and_only_while_it_is_in_sight(stage: Open) -> None:
    page = stage(viewport={"width": 390, "height": 844})
    page.page.evaluate("window.scrollTo(0, 0)")
    page.page.evaluate(
        """() => { window.sent = []; const send = WebSocket.prototype.send;
          window.asked = () => window.sent.filter((text) => JSON.parse(text).what === "lens").length;
          WebSocket.prototype.send = function (text) { window.sent.push(text); return send.call(this, text); }; }"""
    )
    page.slide("Speed", 6)
    page.page.wait_for_timeout(1500)
    assert page.page.evaluate("window.asked()") == 0
    page.page.get_by_role("region", name="Step lens", exact=True).scroll_into_view_if_needed()
    asked, seconds = page.page.evaluate(
        """async () => {
          const start = performance.now(), past = () => (performance.now() - start) / 1000;
          while (past() < 3 || (window.asked() < 2 && past() < 20)) await new Promise(requestAnimationFrame);
          return [window.asked(), past()]; }"""
    )
    assert 2 <= asked <= 2 * seconds + 1


@pytest.mark.parametrize("width", [180, 240, 312, 420])
def test_names_of_zones_never_touch_nor_leave_the_plot(server: Any, visits: Any, width: int) -> None:
    page = visits.open(server.url + "healthz", server.url)  # the same origin, without the stage
    spots = """async right => {
      const {placeNames} = await import("/static/draw/lens.js"), wides = [40, 22, 70, 54], found = [];
      for (let a = 0; a <= right; a += 12) for (let b = a; b <= right; b += 12)
        for (let c = b; c <= right; c += 12) {
        const edges = [3, a, b, c, right];
        const spans = wides.map((wide, at) => ({wide, low: edges[at], high: edges[at + 1]}));
        found.push(placeNames(spans, 3, right).map(({x, row}, at) => [x, x + wides[at], row]));
      }
      return found; }"""
    for names in page.evaluate(spots, width):
        for row in (0, 1):
            here = [name for name in names if name[2] == row]
            assert all(low >= 3 - 1e-9 and high <= width + 1e-9 for low, high, _ in here), names
            assert all(one[1] + 7.99 <= other[0] for one, other in pairwise(here)), names
    # All in one row wherever there is room for it.
    assert len({name[2] for name in names}) == (1 if width >= 240 else 2)
