"""A table of one's own in the page: chosen, pasted, refused, left and taken again, opened from its address."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe import at_every_size, faults_in_both_themes
from nablascope.engine import Experiment, from_address, to_address
from playwright.sync_api import expect

TABLE = "hours,sleep,passed\n" + "\n".join(f"{i % 9}.5,{i * 5 % 7},{'yes' if i % 9 > 4 else 'no'}" for i in range(40))
HOUSES = "size,rooms,age,storeys,price\n" + "\n".join(
    f"{50 + i},{i % 5},{i * 7 % 40},{i % 3},{300 + 3.5 * i - i * 7 % 40}" for i in range(60)
)
PRICES = "size;price\n" + "\n".join(f"{50 + i};{200 + 2 * i},5" for i in range(40))
KINDS = "\n".join(f"{i},{i * 7 % 30},{i % 4},{'xyz'[i % 3]}" for i in range(60))


def give(page: Any, name: str, content: bytes) -> None:
    """Choose a file, as from a dialog."""
    if not page.page.get_by_label("CSV file").is_visible():
        page.press("your own data")
    page.page.get_by_label("CSV file").set_input_files(
        files=[{"name": name, "mimeType": "text/csv", "buffer": content}]
    )


def section(page: Any) -> str:
    return str(page.page.locator("details.own").inner_text())


def test_a_file_is_learned_at_once_and_its_columns_are_named(stage: Callable[..., Any]) -> None:
    page = stage()
    run = page.state("run.run")
    give(page, "exams.csv", TABLE.encode())
    page.until("state.run.own !== null && state.experiment.dataset === 'own' && state.data.x.length === 40")
    assert page.state("run.run") == run
    assert page.state("data.x.length") == 40
    assert re.sub(r"\s+", " ", section(page)).startswith(
        "Your own data x1 hours 0.5 … 8.5 x2 sleep 0 … 6 → passed no, yes Every column of numbers is brought to −1"
    )
    assert "exams.csv" in section(page)
    legend = page.page.locator(".output .legend").inner_text()
    assert "yes" in legend and "no" in legend
    button = page.page.get_by_role("button", name="your own data", exact=True)
    assert button.get_attribute("aria-pressed") == "true"
    assert page.state("marks[0].text") == "dataset circles → own"


def test_the_address_opens_the_same_run(stage: Callable[..., Any]) -> None:
    page = stage()
    page.rest()
    give(page, "exams.csv", TABLE.replace(",", "\t").encode("utf-16"))
    page.until("state.run.own !== null && location.hash.includes('own_data')")
    address = page.page.evaluate("location.hash")
    assert from_address(address[1:]).own_data == TABLE
    again = stage(address)
    assert again.state("run.own.text") == TABLE
    assert again.state("experiment.hidden") == page.state("experiment.hidden")


def test_rows_can_be_pasted_and_a_new_start_is_asked_back(stage: Callable[..., Any]) -> None:
    page = stage()
    page.until("state.pulse.step > 1")
    page.press("your own data")
    rows = page.page.get_by_role("textbox", name="or rows, pasted")
    assert page.page.get_by_role("button", name="Learn these rows").is_disabled()
    rows.fill(PRICES)
    page.press("Learn these rows")
    page.until("state.confirm !== null")
    assert "Your own data: a table needs a new start" in page.page.get_by_role("alert").first.inner_text()
    page.press("Start anew")
    page.until("state.run.own !== null && state.run.task === 'regression' && state.belief.curve !== null")
    assert "→ price 200.5 … 278.5" in re.sub(r"\s+", " ", section(page))
    losses = page.page.get_by_role("combobox", name="Loss", exact=True).locator("option").all_inner_texts()
    assert len(losses) == 4
    assert not page.page.get_by_role("group", name="Inputs").count()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("grades.csv", TABLE.replace("3.5", "n/a", 1).encode(), "row 5, column 1 (hours): n/a; expected a number."),
        ("umlaut.csv", "größe,art\n1,ä\n2,ö\n3,ä\n?,ö".encode("cp1252"), "column 1 (größe): ?; expected a number."),
        ("book.xlsx", b"PK\x03\x04...", "book.xlsx, a workbook; expected a CSV file: save the sheet as one."),
        ("large.csv", b"1,2,a\n" * 20_000, "large.csv, 120 KB; expected at most 64 KB: fewer rows or columns."),
        ("empty.csv", b"", "empty.csv, nothing; expected rows of numbers"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_explained_and_nothing_changes(
    stage: Callable[..., Any], name: str, content: bytes, says: str
) -> None:
    page = stage()
    page.rest()
    run, revision = page.state("run.run"), page.state("revision")
    give(page, name, content)
    shown = page.page.locator("details.own .refused")
    shown.wait_for()
    assert shown.inner_text().startswith(f"{name}, ") and says in shown.inner_text()
    assert "Nothing was changed." in shown.inner_text()
    assert (page.state("run.run"), page.state("revision"), page.state("experiment.dataset")) == (
        run,
        revision,
        "circles",
    )
    give(page, "right.csv", TABLE.encode())
    page.until("state.run.own !== null")
    shown.wait_for(state="detached")


def test_the_table_can_be_left_and_taken_again_even_after_a_preset(stage: Callable[..., Any]) -> None:
    page = stage()
    page.rest()
    give(page, "exams.csv", TABLE.encode())
    page.until("state.run.own !== null")
    page.press("two moons")
    page.until("state.run.own === null && state.experiment.dataset === 'moons'")
    page.choose("Preset", "Vanishing gradient")
    page.until("state.preset === 'Vanishing gradient'")
    page.choose("Dataset", "own")
    page.until("state.run.own !== null && state.experiment.dataset === 'own'")
    assert page.state("run.own.text") == TABLE


def test_of_two_data_sets_that_wait_for_a_new_start_the_last_one_counts(stage: Callable[..., Any]) -> None:
    page = stage()
    page.until("state.pulse.step > 1")
    give(page, "prices.csv", PRICES.encode())
    page.until("state.confirm !== null && 'own_data' in state.confirm.changes")
    page.press("digits 8×8")
    page.until("state.confirm?.changes.dataset === 'digits'")
    assert page.state("confirm.changes") == {"dataset": "digits"}
    give(page, "prices.csv", PRICES.encode())
    page.until("state.confirm !== null && 'own_data' in state.confirm.changes")
    assert list(page.state("confirm.changes")) == ["own_data"]
    page.press("circles")
    page.until("state.confirm === null")


def test_runs_that_learn_a_table_can_be_compared(stage: Callable[..., Any]) -> None:
    page = stage()
    give(page, "exams.csv", TABLE.encode())
    page.until("state.run.own !== null")
    page.press("Compare with …")
    page.page.get_by_role("dialog").get_by_role("button", name="Learning rate").click()
    page.page.wait_for_url("**/compare#*")
    runs = [from_address(text) for text in page.page.url.split("#")[1].split("||")]
    assert [(run.own_data, run.learning_rate) for run in runs] == [(TABLE, 0.3), (TABLE, 0.1), (TABLE, 0.9)]
    expect(page.page.locator(".column-of-run h2 span")).to_have_text(["η = 0.3", "η = 0.1", "η = 0.9"])


def test_a_file_can_be_dropped(stage: Callable[..., Any]) -> None:
    page = stage()
    page.rest()
    page.press("your own data")
    page.page.locator("details.own").evaluate(
        """(where, text) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], "dropped.csv"));
          const how = {dataTransfer, bubbles: true, cancelable: true};
          for (const type of ["dragover", "drop"]) where.dispatchEvent(new DragEvent(type, how));
        }""",
        TABLE,
    )
    page.until("state.run.own !== null")


def test_more_inputs_than_can_be_drawn_give_a_confusion_matrix(stage: Callable[..., Any]) -> None:
    page = stage()
    give(page, "kinds.csv", KINDS.encode())
    page.until("state.confirm !== null || state.run.own !== null")
    if page.state("confirm"):
        page.press("Start anew")
    page.until("state.run.own !== null && state.belief?.confusion")
    assert page.state("run.labels") == ["x", "y", "z"]


def test_of_many_inputs_and_a_value_the_answers_stand_against_the_truth(stage: Callable[..., Any]) -> None:
    page = stage("#" + to_address(Experiment(learning_rate=0.05).change(own_data=HOUSES)))
    page.until("state.belief?.curve?.length === state.data.y.length && state.pulse.step > 0")
    assert page.state("run.grid.kind") == "values"
    page.slide("Speed", 5)
    page.until("state.pulse.step > 2000")
    page.rest()
    answers, true = page.state("belief.curve"), page.state("data.y")
    errors = [abs(answer - value) for answer, value in zip(answers, true, strict=True)]
    assert sorted(errors)[len(errors) // 2] < 0.15
    legend = page.page.locator(".output .legend").inner_text()
    assert "across: truth" in legend and "up: answer" in legend
    page.press("Lab")
    page.page.get_by_role("tab", name="Scores").click()
    page.until("state.answers.report")
    rmse = page.state("answers.report.found.test.rmse")
    prices = [float(row.rsplit(",", 1)[1]) for row in HOUSES.splitlines()[1:]]
    row = page.page.get_by_role("row", name="RMSE, in units of “price”").get_by_role("cell").last
    assert float(row.inner_text()) == pytest.approx(rmse * (max(prices) - min(prices)) / 2, rel=5e-3)
    page.press("Close the lab")
    page.slide("Learning rate", 1)
    page.press("Play")
    page.until("state.status === 'diverged' || state.pulse.step > 4000")


def test_nothing_is_wrong_with_it(stage: Callable[..., Any]) -> None:
    page = stage()
    page.rest()
    give(page, "exams.csv", TABLE.encode())
    page.until("state.run.own !== null")
    give(page, "wrong.csv", b"1,2\n3")
    page.page.locator("details.own .refused").wait_for()
    page.press("Dismiss")
    for width, _ in at_every_size(page.page):
        assert faults_in_both_themes(page.page) == []
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width
