"""Published results, through the table that the page shows; sources and numbers in engine/data/golden.json."""

import json
import math
from decimal import Decimal

import numpy as np
import pytest
from nablascope.engine import ACTIVATIONS, NORMALISATIONS
from nablascope.engine.activations import Sigmoid
from nablascope.engine.golden import GOLDEN, Row
from nablascope.engine.golden.base import at_least, at_most, between, printed
from nablascope.engine.golden.published import PUBLISHED


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Row]]:
    return {name: entry.compute() for name, entry in GOLDEN.items()}


@pytest.mark.parametrize("name", GOLDEN)
def test_every_number_agrees_with_what_was_published(rows: dict[str, list[Row]], name: str) -> None:
    apart = [(row.claim.quantity, row.claim.published, row.text) for row in rows[name] if not row.ok]
    assert rows[name] and not apart


def test_every_source_in_the_data_has_an_entry_and_a_place_to_be_read() -> None:
    assert set(GOLDEN) == set(PUBLISHED)
    for entry in GOLDEN.values():
        assert entry.source and entry.url.startswith("http") and len(entry.story) > 100
        assert len({claim.quantity for claim in entry.claims}) == len(entry.claims)


def test_mazur_is_held_to_every_printed_digit(rows: dict[str, list[Row]]) -> None:
    mazur = PUBLISHED["mazur_2015_step_by_step"]
    written = [*mazur["out_h"], *mazur["out_o"], mazur["loss"], mazur["dloss_dw5"], mazur["dloss_dw1"]]
    written += mazur["w1_to_w8_after_one_step"]
    for row, number in zip(rows["mazur_2015_step_by_step"], written, strict=False):
        assert row.claim.published == str(number)
        assert row.ours == pytest.approx(float(number), abs=5e-9 if len(str(number)) == 10 else 5e-10)
    at_once, output_first = (row.ours for row in rows["mazur_2015_step_by_step"][-2:])
    assert at_once == pytest.approx(float(mazur["loss_after_one_simultaneous_step"]), abs=1e-14)
    assert output_first == pytest.approx(float(mazur["loss_after_one_step_as_printed"]), abs=5e-10)
    assert abs(at_once - output_first) > 1e-7


def test_the_spiral_is_held_to_the_published_bounds(rows: dict[str, list[Row]]) -> None:
    start, loss, accuracy, *linear = (row.ours for row in rows["cs231n_spiral"])
    bounds = PUBLISHED["cs231n_spiral"]["bounds_over_seeds"]
    assert start == pytest.approx(np.log(3), abs=0.01)
    assert bounds["loss"][0] < Decimal(loss) < bounds["loss"][1]
    assert accuracy >= bounds["training_accuracy_at_least"]
    assert linear[0] > 2.5 * loss and linear[1] < 0.6


def test_every_earlier_layer_is_at_least_twice_as_slow(rows: dict[str, list[Row]]) -> None:
    factors = [row.ours for row in rows["nielsen_2015_chapter_5"] if " over " in row.claim.quantity]
    assert len(factors) == 1 + 2 + 3
    assert min(factors) >= 2


def test_the_gradient_check_covers_every_activation_and_normalisation_and_finds_what_was_planted(
    rows: dict[str, list[Row]],
) -> None:
    errors = {row.claim.quantity: row.ours for row in rows["gradient_check"]}
    faults = [errors.pop(name) for name in list(errors) if name.startswith("Planted")]
    assert set(errors) >= {activation.label for activation in ACTIVATIONS.values() if activation.hidden}
    assert {f"tanh, {row.label}" for row in NORMALISATIONS.values() if row.name != "none"} <= set(errors)
    assert max(errors.values()) < 1e-7 and min(faults) > 1e-2


def test_ten_classes_start_at_the_chance_level(rows: dict[str, list[Row]]) -> None:
    small, none = (row.ours for row in rows["chance_level"])
    assert small == pytest.approx(2.302585, abs=1e-3)
    assert none == pytest.approx(math.log(10), rel=1e-15)


def test_a_slope_that_is_wrong_by_a_thousandth_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    true_slope = Sigmoid.slope

    def wrong(self, z, a, slope):
        return [*true_slope(self, z, a, slope), (np.multiply, (slope, 1.001, slope))]

    monkeypatch.setattr(Sigmoid, "slope", wrong)
    apart = {row.claim.quantity for row in GOLDEN["mazur_2015_step_by_step"].compute() if not row.ok}
    assert {"∂L/∂w5", "∂L/∂w1"} <= apart and "Loss" not in apart
    assert [row.claim.quantity for row in GOLDEN["gradient_check"].compute() if not row.ok] == ["sigmoid"]


def test_the_same_seed_gives_the_same_bits() -> None:
    for name in ("nielsen_2015_chapter_5", "gradient_check"):
        assert GOLDEN[name].compute(3) == GOLDEN[name].compute(3)


def test_the_last_printed_digit_decides() -> None:
    claim = printed("g", Decimal("0.0600"))
    assert claim.published == "0.0600" and claim.agreement == "same 4 decimals"
    assert [Row(claim, ours).ok for ours in (0.05994, 0.05996, 0.06004, 0.06006)] == [False, True, True, False]


@pytest.mark.parametrize("ours", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("claim", [printed("g", Decimal("1.5")), between("g", 1, [0, 2], 3)])
def test_what_is_not_finite_agrees_with_nothing_and_can_be_written_as_json(claim, ours: float) -> None:
    row = Row(claim, ours)
    assert not row.ok
    told = json.loads(json.dumps(row.to_dict(), allow_nan=False))
    assert told["ours"] is None and told["text"] == str(ours)


def test_an_infinite_error_is_no_fault_found_and_no_small_one() -> None:
    assert not Row(at_least("e", "", 1e-2), math.inf).ok
    assert not Row(at_most("e", "", 1e-7), -math.inf).ok
