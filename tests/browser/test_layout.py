"""Layouts at a projector's and a phone's size, light and dark; axe; keyboard focus."""

from collections.abc import Callable
from typing import Any

import pytest
from axe import faults_at_every_size, faults_of
from headings import CUT as CUT_HEADINGS

Open = Callable[..., Any]
OVERFLOWS = """() => [...document.querySelectorAll("button, select, input, output, h2, h1, .figure span, .canvas")]
  .filter((element) => element.offsetParent && !element.closest(".settings, .hidden"))
  .filter((element) => { const box = element.getBoundingClientRect();
    return box.width && (box.left < -1 || box.right > innerWidth + 1); })
  .map((element) => element.outerHTML.slice(0, 120))"""
SMALL = """() => [...document.querySelectorAll("#stage *")]
  .filter((element) => element.offsetParent && !element.closest("math, .hidden")
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
    && parseFloat(getComputedStyle(element).fontSize) < 11)
  .map((element) => element.outerHTML.slice(0, 120))"""

CUT_CHOICES = """() => {
  const context = document.createElement("canvas").getContext("2d"), arrow = 18;
  return [...document.querySelectorAll(".settings select")].map((select) => {
    const style = getComputedStyle(select);
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const text = select.selectedOptions[0].textContent.trim();
    return [text, select.clientWidth - arrow - context.measureText(text).width];
  }).filter(([, room]) => room < 0); }"""
OVERLAP = """([one, two]) => { const [a, b] = [one, two].map((name) => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector(name));
    return range.getBoundingClientRect(); });
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; }"""


def test_a_projector_shows_everything_without_scrolling(stage: Open) -> None:
    page, sizes = stage(), [(1440, 900), (1280, 720), (1024, 768)]
    for preset in ("First look", "Exploding gradient", "Digits"):
        page.choose("Preset", preset)
        page.until(f"state.preset === {preset!r} && state.pulse && state.pulse.step >= 1")
        page.rest()
        for width, height in sizes:
            page.resize(width, height)
            scroll = page.page.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            )
            assert scroll == [width, height], preset
            assert page.page.evaluate(OVERFLOWS) == [], preset
            assert page.page.evaluate(SMALL) == [], preset
            for name in ("Network", "Gradient ladder", "Output", "Loss", "Gradient history"):
                box = page.page.get_by_role("region", name=name, exact=True).bounding_box()
                assert box["width"] > 150 and box["height"] > 80, preset
                assert box["y"] + box["height"] <= height, preset
        page.press("Play")
        sizes.reverse()  # the next preset begins with the size that the page has


def test_choices_are_readable_in_full(stage: Open) -> None:
    page, sizes = stage(), [(1440, 900), (1024, 768), (390, 844)]
    page.rest()
    for preset in ("First look", "Exploding gradient", "Digits", "Sine"):
        page.choose("Preset", preset)
        page.until(f"state.preset === {preset!r} && state.pulse")
        for size in sizes:
            page.resize(*size)
            assert page.page.evaluate(CUT_CHOICES) == [], preset
        sizes.reverse()


def test_headings_are_seen_whole_with_a_lesson_beside_them_and_without(stage: Open) -> None:
    page = stage()
    page.until("document.querySelector('.lens .along')")
    page.rest()
    assert page.page.evaluate(CUT_HEADINGS) == []
    page.resize(1024, 768)
    assert page.page.evaluate(CUT_HEADINGS) == []
    page.press("Lesson")
    page.until("document.querySelector('.lesson')")
    assert page.page.evaluate(CUT_HEADINGS) == []
    page.resize(1440, 900)
    assert page.page.evaluate(CUT_HEADINGS) == []


def test_titles_are_not_covered_in_slow_motion(stage: Open) -> None:
    page = stage()
    page.slide("Speed", 0)
    for size in ((1440, 900), (1024, 768), (390, 844)):
        page.resize(*size)
        titles_are_free(page)


def titles_are_free(page: Any) -> None:
    page.until("state.wave.pass === 'backward' && state.wave.layer >= 2", timeout=30)  # it does not end at once
    page.page.wait_for_timeout(50)
    assert page.page.locator(".pass .where").inner_text().endswith("of 4")
    for one, two in ((".pass .where", ".add-remove"), (".speed > span", ".figures"), (".rate-name", ".rate-value")):
        assert not page.page.evaluate(OVERLAP, [one, two]), (one, two)
    assert page.page.locator(".rate-name").bounding_box()["height"] < 26


def test_a_phone_is_usable_by_scrolling_down_only(stage: Open) -> None:
    page = stage(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    assert page.page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.page.evaluate(OVERFLOWS) == []
    page.page.get_by_role("button", name="Pause", exact=True).tap()
    page.until("!state.playing")
    for name in ("Loss", "Gradient history"):
        page.page.get_by_role("region", name=name, exact=True).scroll_into_view_if_needed()
        assert page.page.get_by_role("button", name="Play", exact=True).is_visible()


def test_axe_finds_nothing(stage: Open) -> None:
    page = stage()
    page.until("state.diagnosis !== null && state.history.length > 1")
    page.rest()
    assert faults_at_every_size(page.page) == []


def test_axe_finds_nothing_in_the_help_and_after_a_divergence(stage: Open) -> None:
    page = stage()
    page.choose("Preset", "Sine")
    page.choose("Activation", "relu")
    page.page.get_by_role("slider", name="Learning rate", exact=True).press("End")
    page.until("state.status === 'diverged'")
    assert faults_of(page.page) == []
    page.press("Help")
    assert faults_of(page.page) == []


def test_every_control_can_be_reached_by_tab_and_shows_that_it_has_the_focus(stage: Open) -> None:
    page = stage()
    page.press("Pause")
    wanted = page.page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, summary")]
          .filter((element) => element.offsetParent && !element.disabled).length"""
    )
    seen = set()
    page.page.locator("body").focus()
    for _ in range(wanted + 5):
        page.page.keyboard.press("Tab")
        seen.add(page.page.evaluate(
            """() => { const element = document.activeElement;
              return element.getAttribute("aria-label") ?? element.textContent.slice(0, 30); }"""
        ))  # fmt: skip
    for name in ("Preset", "Pause", "Play", "Learning rate", "Speed", "Dataset", "One layer", "One step", "Reset"):
        assert name in seen or name in ("Pause", "Play")


def test_reduced_motion_shows_the_same_states_without_flight(stage: Open) -> None:
    page = stage(reduced_motion="reduce")
    page.press("Pause")
    page.press("One layer")
    page.until("state.pulse.hold")
    progress = page.page.evaluate(
        """async () => {
          const {waveAt} = await import("/static/model/wave.js"), state = window.nablascope.state();
          const {pulse, run, reducedMotion} = state;
          return waveAt(pulse, run.layers.length - 1, pulse.receivedAt + 1, reducedMotion).progress;
        }"""
    )
    assert progress == 1


@pytest.mark.parametrize("role", ["driver", "watcher"])
def test_a_phones_header_has_two_lines_at_most(stage: Open, role: str) -> None:
    page = stage(viewport={"width": 390, "height": 844})
    if role == "watcher":
        page = stage(f"r/{page.state('room')}", viewport={"width": 390, "height": 844})
        page.until("state.role === 'student'")
    page.page.evaluate("document.querySelector('.pill b').textContent = 'WWMWWM'")  # no code is wider
    tops = page.page.evaluate(
        """() => { const middles = [...document.querySelectorAll("header > *")].map((part) => {
             const {top, height, width} = part.getBoundingClientRect();
             return width && top + height / 2; }).filter(Boolean);
           return [...new Set(middles.map(Math.round))]; }"""
    )
    rows = [top for top in sorted(tops) if not any(abs(top - other) < 8 for other in tops if other < top)]
    assert len(rows) == 2, tops
    assert page.page.locator("header").bounding_box()["height"] < 90
    assert page.page.evaluate(OVERFLOWS) == []


def test_large_losses_stand_beside_their_axis_in_full(stage: Open) -> None:
    page = stage()
    told = """async values => { const {ticks} = await import("/static/model/numbers.js"); return ticks(values); }"""
    assert page.page.evaluate(told, [0, 200000, 400000]) == ["0", "2·10⁵", "4·10⁵"]
    assert page.page.evaluate(told, [0, 25000, 50000]) == ["0", "2.5·10⁴", "5·10⁴"]
    assert page.page.evaluate(told, [0, 0.5, 1]) == ["0.0", "0.5", "1.0"]
    page.choose("Preset", "Sine")
    page.choose("Activation", "relu")
    page.page.get_by_role("slider", name="Learning rate", exact=True).press("End")
    page.until("state.status === 'diverged'")
    page.page.wait_for_timeout(600)
    # The first pixels beside the panel's edge are free of letters.
    left = """() => { const canvas = document.querySelector('[data-view="loss"] canvas'), {width, height} = canvas;
      const {data} = canvas.getContext("2d").getImageData(0, 0, Math.ceil(2 * width / canvas.clientWidth), height);
      return data.some((value, at) => at % 4 === 3 && value > 0); }"""
    assert not page.page.evaluate(left)


NUMBER_OF_THE_LOSS = """() => {
  const write = CanvasRenderingContext2D.prototype.fillText;
  const canvas = document.querySelector('[data-view="network"] canvas');
  window.written = [];
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
    if (this.canvas === canvas && text.startsWith("L = ")) window.written.push([y, canvas.clientHeight]);
    write.call(this, text, x, y, ...more);
  };
}"""


def test_the_loss_is_written_where_there_is_room_for_it(stage: Callable[..., Any]) -> None:
    page = stage("#dataset=iris&loss=softmax_cross_entropy&hidden=8,8", viewport={"width": 1024, "height": 768})
    page.page.evaluate(NUMBER_OF_THE_LOSS)
    page.slide("Speed", 0)
    page.until("window.written.length > 0")
    for y, height in page.page.evaluate("window.written"):
        assert 10 <= y <= height - 10
