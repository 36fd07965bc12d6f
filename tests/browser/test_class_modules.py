"""What the class board is made from, in a browser: orders, the class curve's points, its labels, ready questions."""

from collections.abc import Iterator
from typing import Any

import pytest
from nablascope.engine import Experiment
from nablascope.engine.content.presets import PRESETS
from nablascope.server.web.pages import description


@pytest.fixture(scope="module")
def page(server: Any, browser: Any) -> Iterator[Any]:
    opened = browser.new_page()
    opened.goto(server.url + "healthz")
    yield opened
    opened.close()


def card(
    member: int, rate: float = 0.1, loss: float | None = 0.5, name: str | None = None, **more: Any
) -> dict[str, Any]:
    settings = {
        "depth": 2,
        "width": 8,
        "activation": "tanh",
        "initialiser": "xavier",
        "optimiser": "sgd",
        "batch_size": 32,
    }
    settings |= more.pop("settings", {})
    return {
        "member": member, "name": name, "step": 10, "learning_rate": rate,
        "loss": loss, "train_loss": loss, "best_loss": loss, "status": "running",
        "diagnosis": None, "curve": None, "picture": None, **more, "settings": settings,
    }  # fmt: skip


CLASS = [
    card(1, 0.3, 0.2, "Emmy"), card(2, 1e-3, 0.69), card(3, 9.0, None, "ada", status="diverged"), card(4, 0.3, 0.2),
    card(5, 10.0, 80.0, "Zoë", status="diverged"),
    card(6, 0.01, 0.4, "Ada 10", train_loss=None), card(7, 0.01, 0.1, "Ada 9"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("by", "order"),
    [("loss", [7, 1, 4, 6, 2, 3, 5]), ("learning_rate", [2, 6, 7, 1, 4, 3, 5]), ("name", [7, 6, 1, 2, 4, 3, 5])],
)
def test_cards_are_sorted_with_diverged_runs_last_and_equals_by_their_number(
    page: Any, by: str, order: list[int]
) -> None:
    script = (
        "async ([cards, by]) => (await import('/static/model/board.js')).sorted(cards, by).map(card => card.member)"
    )
    assert page.evaluate(script, [CLASS, by]) == order
    assert page.evaluate(script, [CLASS[::-1], by]) == order


def plot(page: Any, cards: list[dict[str, Any]], across: str) -> Any:
    script = """async ([cards, across, fields]) =>
      (await import('/static/model/class-curve.js')).classPlot(cards, across, fields)"""
    return page.evaluate(script, [cards, across, description()["fields"]])


def test_the_class_curve_has_a_dot_for_every_run_where_its_card_says(page: Any) -> None:
    drawn = plot(page, CLASS, "learning_rate")
    seen = [(point["member"], point["label"], point["x"], point["loss"]) for point in drawn["points"]]
    assert seen == [
        (1, "Emmy", 0.3, 0.2), (2, "2", 1e-3, 0.69), (3, "ada", 9.0, None), (4, "4", 0.3, 0.2),
        (5, "Zoë", 10.0, None), (6, "Ada 10", 0.01, 0.4), (7, "Ada 9", 0.01, 0.1),
    ]  # fmt: skip
    low, high = drawn["losses"]
    assert drawn["rates"] == [-3, 1] and low <= 0.1 and high >= 0.69


def test_runs_that_have_measured_nothing_yet_are_no_dots(page: Any) -> None:
    assert plot(page, [card(1, loss=None)], "learning_rate")["points"] == []
    assert plot(page, [], "depth")["columns"] == []


@pytest.mark.parametrize(
    ("rates", "decades"),
    [
        ([], [-2, 1]), ([0.1], [-2, 1]), ([1e-5], [-5, -2]), ([10], [-2, 1]), ([1e-5, 10], [-5, 1]),
        ([0.001, 0.002], [-3, 0]),
    ],
)  # fmt: skip
def test_the_axis_of_rates_spans_whole_decades_and_at_least_three(
    page: Any, rates: list[float], decades: list[int]
) -> None:
    script = "async (rates) => (await import('/static/model/class-curve.js')).decadesAround(rates)"
    assert page.evaluate(script, rates) == decades


def test_across_a_choice_the_columns_stand_in_the_engines_order_with_their_medians(page: Any) -> None:
    of = {"relu": [0.1, 0.3, None], "sigmoid": [0.9, None, None], "tanh": [0.4, 0.2]}
    cards = [
        card(
            10 * column + row,
            loss=loss,
            status="diverged" if loss is None else "running",
            settings={"activation": name},
        )
        for column, (name, losses) in enumerate(of.items())
        for row, loss in enumerate(losses)
    ]
    drawn = plot(page, [*cards, card(50, loss=0.7, settings={"activation": ["relu", "tanh"]})], "activation")
    labels = {choice["name"]: choice["label"] for choice in description()["fields"]["activation"]["choices"]}
    order = [labels[name] for name in labels if name in of]
    assert [column["text"] for column in drawn["columns"]] == [*order, "mixed"]
    medians = {column["text"]: column["median"] for column in drawn["columns"]}
    assert medians == {labels["relu"]: 0.3, labels["sigmoid"]: None, labels["tanh"]: pytest.approx(0.3), "mixed": 0.7}
    for point in drawn["points"]:
        assert (
            point["member"] == 50 or drawn["columns"][point["x"]]["text"] == labels[list(of)[point["member"] // 10]]
        )


@pytest.mark.parametrize("across", ["depth", "width", "batch_size"])
def test_across_a_number_the_columns_rise(page: Any, across: str) -> None:
    drawn = plot(page, [card(n, settings={across: value}) for n, value in enumerate([16, 2, 128, 2])], across)
    assert [column["text"] for column in drawn["columns"]] == ["2", "16", "128"]
    assert [point["x"] for point in drawn["points"]] == [1, 0, 2, 0]


@pytest.mark.parametrize(("low", "high"), [(1e-9, 100), (0.2, 0.7), (0.001, 1), (0.05, 10), (5e-4, 2e5), (0.6, 2.4)])
def test_the_axis_of_losses_has_a_few_lines_all_inside(page: Any, low: float, high: float) -> None:
    script = """async ([low, high]) => { const {classPlot, lossTicks} = await import('/static/model/class-curve.js');
      const card = (member, loss) =>
        ({member, learning_rate: 1, train_loss: loss, status: "running", best_loss: null, settings: {}});
      const {losses} = classPlot([card(1, low), card(2, high)], "learning_rate", {});
      return [losses, lossTicks(losses)]; }"""
    (first, last), ticks = page.evaluate(script, [low, high])
    assert first <= low and high <= last
    assert 2 <= len(ticks) <= 12 and all(first * 0.999 <= tick <= last * 1.001 for tick in ticks)
    assert ticks == sorted(set(ticks))


def test_labels_lie_on_no_dot_and_on_no_other_label(page: Any) -> None:
    placed, dots = page.evaluate(
        """async () => { const {placeLabels} = await import('/static/draw/labels.js');
          let seed = 7; const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
          const dots = Array.from({length: 100}, () => ({x: 40 + 400 * random(), y: 30 + 200 * random() ** 2}));
          const labels = dots.map((dot, index) =>
            ({...dot, width: 20 + 50 * random(), height: 13, text: String(index), lit: index === 0}));
          return [placeLabels(labels, dots, {left: 40, top: 20, right: 450, bottom: 240}, 8), dots]; }"""
    )
    boxes = [(at["x"], at["y"] - 6.5, at["x"] + at["label"]["width"], at["y"] + 6.5) for at in placed]
    assert len(boxes) > 15 and placed[0]["label"]["text"] == "0"
    for index, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 40 and top >= 20 and right <= 450 and bottom <= 240
        for other in boxes[index + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
        if index:
            assert not any(left - 5 < dot["x"] < right + 5 and top - 5 < dot["y"] < bottom + 5 for dot in dots)


def test_a_curve_has_gaps_and_stays_in_its_picture(page: Any) -> None:
    script = "async (losses) => (await import('/static/draw/sparkline.js')).sparkPath(losses, 1, 30, 10)"
    assert page.evaluate(script, [0, 0.5, None, 9]) == "M0.0 10.0L10.0 5.0M30.0 0.0"


@pytest.mark.parametrize("preset", PRESETS)
def test_every_ready_question_changes_the_run_as_the_engine_allows(page: Any, preset: str) -> None:
    experiment = PRESETS[preset].experiment
    script = """async ([experiment, fields]) => {
      const {lacking, readyQuestions} = await import('/static/model/questions.js');
      return readyQuestions(experiment, fields).map(draft => ({...draft, lacking: lacking(draft)})); }"""
    drafts = page.evaluate(script, [experiment.to_dict(), description()["fields"]])
    assert len(drafts) >= 4
    for draft in drafts:
        assert experiment.change(**draft["changes"]) != experiment
        assert draft["lacking"] is None and 2 <= len(draft["options"]) <= 6


@pytest.mark.parametrize(("rate", "times_ten"), [(0.03, 0.3), (0.3, 3), (2, 10), (10, None), (1e-5, 1e-4)])
def test_ten_times_the_rate_is_bounded(page: Any, rate: float, times_ten: float | None) -> None:
    experiment = Experiment(learning_rate=rate)
    script = """async ([experiment, fields]) =>
      (await import('/static/model/questions.js')).readyQuestions(experiment, fields)"""
    drafts = page.evaluate(script, [experiment.to_dict(), description()["fields"]])
    found = [draft["changes"]["learning_rate"] for draft in drafts if draft["text"].startswith("η × 10")]
    assert found == ([] if times_ten is None else [pytest.approx(times_ten)])


@pytest.mark.parametrize(
    ("text", "options", "lacks"),
    [
        ("", ["a", "b"], "Write a question."), ("Why?", ["a", " "], "Give at least 2 answers."),
        ("Why?", ["a", "a "], "Two answers are the same."), ("Why?", ["a", "", "b"], None),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_says_what_is_missing(
    page: Any, text: str, options: list[str], lacks: str | None
) -> None:
    script = "async (draft) => (await import('/static/model/questions.js')).lacking(draft)"
    assert page.evaluate(script, {"text": text, "options": options, "changes": None}) == lacks
