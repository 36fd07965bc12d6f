"""Tables of one's own: what is read, what it becomes, and that every fault is told by its place."""

import csv
import io

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nablascope.engine import Experiment, ExperimentError, State, Trainer, from_address, report, to_address
from nablascope.engine.datasets import Own, read_table, read_with_pauses, reading

CLASSES = "hours,sleep,passed\n1,8,no\n2,6.5,no\n4,7,yes\n6,5,yes\n7,9,yes\n3,4,no"
VALUES = "size;rooms;price\n50,5;2;210,25\n80;3;300\n120;4;415\n95;3;350,5\n60;2;240\n"


def own(text: str, **more: object) -> Experiment:
    return Experiment().change(own_data=text, **more)


def test_words_are_classes_in_the_order_of_the_alphabet() -> None:
    table = read_table(CLASSES)
    assert (table.task, table.classes, table.target, table.n_inputs) == ("classification", ("no", "yes"), "passed", 2)
    assert [(column.name, column.low, column.high) for column in table.columns] == [("hours", 1, 7), ("sleep", 4, 9)]
    x, labels = table.make(np.random.default_rng(0), 300, 1.0)
    assert labels.tolist() == [0, 0, 1, 1, 1, 0]
    assert np.allclose(x[:, 0], [-1, -2 / 3, 0, 2 / 3, 1, -1 / 3])
    assert np.allclose(x[:, 1], [0.6, 0, 0.2, -0.6, 1, -1])


def test_numbers_are_values_to_predict_and_a_comma_can_be_a_decimal_one() -> None:
    table = read_table(VALUES)
    assert (table.task, table.classes, table.losses[0]) == ("regression", (), "mse")
    assert table.predicted is not None
    assert (table.predicted.name, table.predicted.low, table.predicted.high) == ("price", 210.25, 415)
    x, y = table.make(np.random.default_rng(0), 0, 0.0)
    assert np.allclose(y, 2 * (np.array([210.25, 300, 415, 350.5, 240]) - 210.25) / 204.75 - 1)
    assert (x.min(), x.max(), y.min(), y.max()) == (-1, 1, -1, 1)


@pytest.mark.parametrize(
    ("last", "classes"),
    [
        ("0 1 1 0 1 0", ("0", "1")), ("10 9 2 9 10 2", ("2", "9", "10")), ("-1 1 -1 1 1 +1", ("-1", "1")),
        ("01 1 2 2 1 1", ("1", "2")), ("1.0 2 3 4 5 6", ()), ("1e0 2 3 4 5 6", ()), ("a 1 2 a 1 2", ("1", "2", "a")),
        ("b A B a A b", ("A", "a", "B", "b")),
    ],
)  # fmt: skip
def test_whole_numbers_of_few_values_are_classes(last: str, classes: tuple[str, ...]) -> None:
    assert read_table("\n".join(f"{i},{cell}" for i, cell in enumerate(last.split()))).classes == classes


def test_whole_numbers_of_many_values_are_to_be_predicted() -> None:
    assert read_table("\n".join(f"{i},{i % 11}" for i in range(30))).task == "regression"
    assert read_table("\n".join(f"{i},{i % 10}" for i in range(30))).classes == tuple("0123456789")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + CLASSES, CLASSES.replace("\n", "\r\n"), CLASSES.replace("\n", "\r"), CLASSES + "\n\n , ,\n",
        CLASSES.replace(",", "\t"), CLASSES.replace(",", ";"), "\n" + CLASSES.replace(",", " , "),
        "\n".join(",".join(f'"{cell}"' for cell in row.split(",")) for row in CLASSES.split("\n")),
    ],
)  # fmt: skip
def test_a_table_reads_the_same_however_a_spreadsheet_wrote_it(text: str) -> None:
    assert read_table(text).text == read_table(CLASSES).text == CLASSES


def test_columns_without_names_are_called_something() -> None:
    assert read_table("1,2,a\n3,4,b\n5,6,a\n7,8,b").text.split("\n")[0] == "x1,x2,y"
    assert read_table("height,,kind\n1,2,a\n3,4,b\n5,6,a\n7,8,b").text.split("\n")[0] == "height,column 2,kind"


def test_an_input_that_never_varies_is_0() -> None:
    x, _ = read_table("1,5,a\n2,5,b\n3,5,a\n4,5,b").make(np.random.default_rng(0), 0, 0)
    assert (x[:, 1] == 0).all()


KILOS = "\n".join(f"{i},{i}kg" for i in range(12))
BODY = "\n1,2,a\n3,4,b\n5,6,a\n7,8,b"


@pytest.mark.parametrize(
    ("text", "was", "expected"),
    [
        ("", "nothing", "rows of numbers"),
        (" \n,,\n", "nothing", "rows of numbers"),
        ("1\n2\n3\n4", "row 1: 1 column", "2 to 65"),
        ("a,b,c\n1,2,x", "1 row of data", "4 to 2,000"),
        ("h,w,k" + BODY.replace("4", "n/a"), "row 3, column 2 (w): n/a", "a number"),
        (BODY.replace("6", ""), "row 4, column 2: nothing", "a number"),
        ("h,w,k\n" + BODY.replace("5,6", "5,nan"), "row 5, column 2 (w): nan", "a number"),
        (BODY.replace("8", "1e999"), "row 5, column 2: 1e999", "a number nearer to 0 than 1e+15"),
        (BODY.replace("5,6,a", "5,6"), "row 4: 2 cells", "3, as in the first row"),
        (BODY.replace("6,a", "6,"), "row 4, column 3: nothing", "the name of a class, or a number"),
        (BODY.replace("b", "a"), "column 3: 1 class", "2 to 10"),
        (KILOS, "column 2: 12 classes", "2 to 10; or only numbers, but row 1 has"),
        ("1,2.5\n2,2.5\n3,2.5\n4,2.5", "column 2: 2.5 in every row", "values that differ"),
        ("1,2\n2,1e16\n3,2.5\n4,2.5", "row 2, column 2: 1e16", "a number nearer to 0 than 1e+15"),
        (BODY.replace("b", "b" * 25), f"row 3, column 3: {'b' * 25}", "a name of at most 24 characters"),
        (",".join("1" * 66) + BODY, "row 1: 66 columns", "2 to 65"),
        ("1,a\n" * 60_000, "240,000 characters", "at most 60,000"),
        ("\n".join(f"{i + 0.123456},{i}.5" for i in range(1_700)), "a table of", "at most 20,000"),
        ("\n".join(f"{i},{'日本' if i % 2 else '中国'}" for i in range(1_200)), "a table of", "at most 20,000"),
        ("\n".join(f"{i},{i % 2}" for i in range(2_001)), "2,001 rows of data", "4 to 2,000"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_its_place(text: str, was: str, expected: str) -> None:
    with pytest.raises(ExperimentError) as refusal:
        own(text)
    assert refusal.value.field == "own_data"
    assert str(refusal.value.was).startswith(was)
    assert refusal.value.expected.startswith(expected)


@pytest.mark.parametrize("value", [3, ["1,2"], True, {"a": 1}])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(ExperimentError, match=r"own_data: was .*, expected the text of a table"):
        Experiment().change(own_data=value)


@given(st.text(st.sampled_from("01.5,;\t\n\r\"' eab-+\ufeff\x00"), max_size=120))
def test_any_text_is_read_or_refused_and_what_was_read_reads_the_same(text: str) -> None:
    try:
        table = read_table(text)
    except ExperimentError as refusal:
        assert refusal.field == "own_data" and refusal.expected
        return
    again = read_table(table.text)
    assert again.text == table.text
    assert (again.classes, again.columns, again.predicted) == (table.classes, table.columns, table.predicted)


NAMES = st.text(min_size=1, max_size=12)
NUMBERS = st.floats(-1e6, 1e6).map(lambda number: f"{number:.6g}")


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.tuples(st.lists(NUMBERS, min_size=n, max_size=n), NAMES), min_size=4)
    )
)
def test_any_numbers_and_any_names_come_back_from_json_and_an_address(rows: list[tuple[list[str], str]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows(
        [[*(f"c{i}" for i, _ in enumerate(rows[0][0])), "kind"], *([*x, y] for x, y in rows)]
    )
    try:
        experiment = own(written.getvalue())
    except ExperimentError:
        assume(False)
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert from_address(to_address(experiment)) == experiment
    assert isinstance(experiment.source, Own)
    assert [[float(cell) for cell in row.split(",")[:-1]] for row in experiment.source.text.split("\n")[1:]] == [
        [float(cell) for cell in x] for x, _ in rows
    ]
    assert Trainer(experiment).step().loss >= 0


def test_a_table_and_another_data_set_take_turns() -> None:
    experiment = own(VALUES)
    assert (experiment.dataset, experiment.loss, experiment.layer_sizes[0]) == ("own", "mse", 2)
    back = experiment.change(dataset="circles")
    assert (back.dataset, back.own_data, back.loss) == ("circles", None, "mse")
    assert own(CLASSES).change(own_data=VALUES).loss == "mse"
    for changes in ({"dataset": "own"}, {"own_data": CLASSES, "dataset": "xor"}):
        with pytest.raises(
            ExperimentError, match="expected a table if the dataset is 'own', and else none"
        ) as refusal:
            Experiment().change(**changes)
        assert refusal.value.field == "own_data"
    with pytest.raises(ExperimentError, match="expected a table"):
        experiment.change(own_data=None)


MANY = "\n".join(f"{i},{i * 7 % 30},{'abcdef'[i % 6]}" for i in range(60))
SEVERAL = "\n".join(f"{i},{i * 7 % 30},{i % 4},{'xyz'[i % 3]}" for i in range(60))
HOUSES = "size,rooms,age,price\n" + "\n".join(f"{50 + i},{i % 5},{i * 7 % 40},{300 + 3.5 * i}" for i in range(60))
HOURS = "\n".join(f"{i},{'no' if i < 15 else 'yes'}" for i in range(30))


@pytest.mark.parametrize(
    ("text", "more", "sizes", "space"),
    [
        (CLASSES, {}, [2, 8, 8, 1], "plane"), (VALUES, {}, [2, 8, 8, 1], "plane"), (HOURS, {}, [1, 8, 8, 1], "line"),
        (HOURS, {"loss": "softmax_cross_entropy"}, [1, 8, 8, 2], "none"), (MANY, {}, [2, 8, 8, 6], "none"),
        (SEVERAL, {}, [3, 8, 8, 3], "none"), (HOUSES, {}, [3, 8, 8, 1], "values"),
        (CLASSES, {"features": ["x1", "x1_x2"]}, [2, 8, 8, 1], "plane"),
        (CLASSES, {"features": ["x1", "x2", "sin_x1"], "standardise": True}, [3, 8, 8, 1], "plane"),
    ],
)  # fmt: skip
def test_every_kind_of_table_trains_and_is_drawn_as_what_it_is(
    text: str, more: dict[str, object], sizes: list[int], space: str
) -> None:
    trainer = Trainer(own(text, **more))
    assert (trainer.experiment.layer_sizes, trainer.data.space) == (sizes, space)
    before = trainer.metrics().train_loss
    trainer.run(300)
    assert trainer.metrics().train_loss < before
    assert report(trainer.network, trainer.data).samples == len(trainer.data.x_test) > 0


def test_a_run_that_learns_a_table_goes_on_from_its_state_to_the_bit() -> None:
    whole, broken = Trainer(own(MANY)), Trainer(own(MANY))
    whole.run(40)
    broken.run(17)
    again = Trainer.from_state(State.from_bytes(broken.state().to_bytes()))
    again.run(23)
    assert np.array_equal(whole.network.theta, again.network.theta)


def test_another_table_of_the_same_shape_keeps_the_weights() -> None:
    trainer = Trainer(own(CLASSES))
    trainer.run(5)
    theta = trainer.network.theta.copy()
    assert trainer.set(own_data=CLASSES.replace("7,9,yes", "7,9,no")) == "live"
    assert np.array_equal(trainer.network.theta, theta)
    assert trainer.set(own_data=SEVERAL) == "restart"


# --- in pieces, and once ------------------------------------------------------------------------------------------


@pytest.fixture
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_known", reading.Known())


def seen(found: object) -> object:
    """All that there is of a table, or of a refusal."""
    if not isinstance(found, Own):
        return str(found)
    x, y = found.make(np.random.default_rng(0), 0, 0.0)
    return found.text, found.columns, found.target, found.predicted, found.classes, x.tobytes(), y.tobytes()


def numbers(digits: int, last: str = "") -> str:
    return "\n".join(f"{row / 7:.{digits}g},{row % 13},{last or row % 3}" for row in range(900))


@pytest.mark.parametrize("text", [numbers(4), numbers(12), numbers(4) + "\n1,?,0", numbers(9, "0.123456789")])
def test_a_table_is_read_in_pieces_and_the_same_however_small_they_are(
    monkeypatch: pytest.MonkeyPatch, nothing_known: None, text: str
) -> None:
    found = []
    for portion in (10**9, reading.PORTION, 1):
        monkeypatch.setattr(reading, "PORTION", portion)
        monkeypatch.setattr(reading, "_known", reading.Known())
        work, pauses = read_with_pauses(text), 0
        while True:
            try:
                next(work)
            except StopIteration as end:
                found.append((pauses, seen(end.value)))
                break
            pauses += 1
    assert found[0][1] == found[1][1] == found[2][1]
    assert found[0][0] <= 2 < found[1][0] < found[2][0]


@pytest.mark.parametrize("digits", [4, 12])
def test_the_text_that_a_table_is_kept_as_is_known_and_the_very_same_as_if_it_were_read(
    monkeypatch: pytest.MonkeyPatch, nothing_known: None, digits: int
) -> None:
    table = read_table(numbers(digits))
    assert table.exact == (digits == 4)
    monkeypatch.setattr(reading, "_table", lambda text: pytest.fail("read once more"))
    known = read_table(table.text)
    monkeypatch.undo()
    monkeypatch.setattr(reading, "_known", reading.Known())
    assert seen(read_table(table.text)) == seen(known)


def test_a_table_that_a_run_learns_is_not_read_again_however_many_others_are(
    monkeypatch: pytest.MonkeyPatch, nothing_known: None
) -> None:
    trainers = [Trainer(own(CLASSES.replace("6.5", f"6.{number}"))) for number in range(2 * reading.KEPT)]
    read: list[str] = []
    original = reading._table
    monkeypatch.setattr(reading, "_table", lambda text: (read.append(text), original(text))[1])
    for trainer in trainers:
        trainer.set(learning_rate=0.2)
        trainer.reset()
    assert read == []
