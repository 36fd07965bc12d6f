"""After a divergence nothing is invented: pictures say where there is no finite answer, and draw none."""

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]
LABEL = "What the network believes, with the samples on it"
ADDRESS = "#dataset={}&hidden=8,8,8{}&activation=linear&output_activation=linear&loss=mse&learning_rate=8.0"
#: The share of a drawing's middle row that has a colour of the palette's.
SHARE = """([canvas, name]) => {
  const {width, height} = canvas, [r, g, b] = [1, 3, 5].map((at) => parseInt(window.nablascope.state().palette[name].slice(at, at + 2), 16));
  const {data} = canvas.getContext("2d").getImageData(0, Math.round(height / 2), width, 1);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) count += data[at] === r && data[at + 1] === g && data[at + 2] === b && data[at + 3] === 255;
  return count / width; }"""  # noqa: E501


def diverged(stage: Open, dataset: str) -> Any:
    page = stage(ADDRESS.format(dataset, ",8,8,8" if dataset == "digits" else ""))
    page.page.get_by_role("slider", name="Speed", exact=True).fill("4")
    page.until("state.status === 'diverged' && state.belief && state.response !== undefined")
    return page


def picture(page: Any) -> Any:
    return page.page.get_by_role("img", name=LABEL)


@pytest.mark.parametrize("dataset", ["sine", "plane", "moons", "rings", "digits"])
def test_a_diverged_network_believes_nothing_and_the_picture_says_so(stage: Open, dataset: str) -> None:
    page = diverged(stage, dataset)
    page.page.get_by_role("img", name=f"{LABEL}; no finite answer", exact=True).wait_for()
    if dataset == "sine":
        assert page.page.evaluate("[...window.nablascope.state().belief.curve].some(Number.isFinite)") is False
        assert page.page.evaluate(SHARE, [picture(page).element_handle(), "ink"]) < 0.05  # no line at 0
    elif dataset == "digits":
        page.press("Lab")
        page.page.get_by_role("tab", name="Scores", exact=True).click()
        page.page.get_by_role("region", name="Scores", exact=True).get_by_text("There is no finite answer").wait_for()
        page.press("Close the lab")
    else:
        assert page.page.evaluate("window.nablascope.state().belief.plane.every((byte) => byte === 0)")
    page.press("Rewind")
    page.until("state.status !== 'diverged'")
    page.page.get_by_role("img", name=LABEL, exact=True).wait_for()


def test_where_only_a_part_has_an_answer_its_share_is_said(stage: Open) -> None:
    words = stage().page.evaluate(
        """async () => { const {gapsInWords, unanswered, unfilled} = await import("/static/model/unanswered.js");
          return [gapsInWords(unfilled(new Uint8Array([0, 1, 255, 128]))), gapsInWords(unfilled(new Float32Array([0, NaN]))),
            gapsInWords(unfilled(new Float32Array([Infinity]))), gapsInWords(unfilled(new Uint8Array([1]))),
            gapsInWords(unanswered({n_classes: 2}, {confusion: new Uint32Array([3, 1, 0, 1, 3, 2])}), "test samples")]; }"""  # noqa: E501
    )
    assert words == [
        "no finite answer in 25 % of the picture", "no finite answer in 50 % of the picture", "no finite answer", "",
        "no finite answer to 2 of 10 test samples",
    ]  # fmt: skip


def test_an_answer_that_leaves_the_picture_is_not_drawn_along_its_edge(stage: Open) -> None:
    page = stage("#dataset=sine&loss=mse&learning_rate=0.001")
    page.press("Pause")
    page.until("!state.playing && state.belief")
    page.page.evaluate("window.nablascope.state().belief.curve.fill(5)")
    page.page.set_viewport_size({"width": 1400, "height": 880})  # drawn anew
    page.page.get_by_role("img", name=f"{LABEL}; every answer is outside the picture", exact=True).wait_for()


def test_the_card_of_a_diverged_run_says_that_there_is_no_answer(stage: Open, client: Open) -> None:
    teacher = stage(ADDRESS.format("moons", ""))
    ann = client(room=teacher.state("room"), name="Ann", tab="a" * 16)
    teacher.press("Allow forks")
    ann.told("class", allow_forks=True)
    ann.send(type="fork")
    ann.event("moved", forked=True)
    ann.send(type="speed", value=5)
    ann.event("state", status="diverged")
    card = teacher.page.get_by_role("region", name="Class board", exact=True).get_by_role("listitem")
    card.get_by_text("no finite answer").wait_for(state="attached")
    loss = card.locator('output[data-quantity="loss"]')
    assert (loss.get_attribute("data-value"), loss.inner_text()) == ("", "–")
