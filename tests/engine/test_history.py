"""The history of a run: all that is recent, a thin record of the rest, and never more than so much of it."""

import numpy as np
import pytest
from nablascope.engine.training.history import ALL, RECENT, History


def filled(steps: int) -> History:
    history = History(2, "float32")
    for step in range(1, steps + 1):
        history.add(np.array([1 / step, 13.0, 4.0, 9.0], "float32").data.cast("B"))
        history.thin()
    return history


def test_recent_steps_are_all_there_with_their_norms() -> None:
    rows = filled(3000).since(3000 - RECENT, ALL)
    assert rows[:, 0].tolist() == list(range(3001 - RECENT, 3001))
    assert np.array_equal(rows[:, 1], (1 / rows[:, 0]).astype("float32"))
    assert np.isnan(rows[:, 2:4]).all()
    assert (rows[:, 4:] == [2, 3]).all()


@pytest.mark.parametrize("steps", [1, 511, 512, 513, 1023, 1024, 1025, 20_000, 200_000])
def test_the_past_is_bounded_in_order_and_reaches_back_to_the_beginning(steps: int) -> None:
    rows = filled(steps).since(-1, ALL)
    assert len(rows) <= ALL
    assert (np.diff(rows[:, 0]) > 0).all()
    assert rows[-1, 0] == steps
    assert rows[0, 0] <= max(1, steps / 50)


def test_only_what_came_after_is_given_and_no_more_than_asked() -> None:
    history = filled(2000)
    assert history.since(1990, ALL)[:, 0].tolist() == list(range(1991, 2001))
    assert history.since(1000, 7)[:, 0].tolist()[-1] == 2000
    assert len(history.since(1000, 7)) == 7
    assert len(history.since(2000, ALL)) == len(history.since(2001, ALL)) == 0


def test_measured_steps_stay_when_others_are_thinned() -> None:
    history = History(1, "float64")
    for step in range(1, 8000):
        history.add(np.ones(3).data.cast("B"))
        history.thin()
        if step % 1000 == 777:
            history.measured(step, 0.5, 0.25)
    rows = history.since(-1, ALL)
    measured = rows[~np.isnan(rows[:, 2])]
    assert measured[:, 0].tolist() == [777 + 1000 * k for k in range(8) if 777 + 1000 * k < 8000]
    assert (measured[:, 2:4] == [0.5, 0.25]).all()


def test_rows_put_back_are_those_that_were_given_out() -> None:
    history = filled(1500)
    history.measured(1500, 0.5, 0.25)
    rows = history.since(-1, ALL)
    other = History(2, "float32")
    other.replace(rows, 1500)
    assert np.allclose(other.since(-1, ALL), rows, rtol=1e-15, equal_nan=True)
    other.replace(rows, 1200)
    assert other.since(-1, ALL)[-1, 0] == 1200


def test_squares_beyond_the_range_of_float32_are_kept_and_grow_old_with_their_steps() -> None:
    history = History(1, "float32")
    for step in range(1, 5000):
        history.add(np.array([1, 1, 0 if step % 2 else 4], "float32").data.cast("B"))
        if step % 2:
            history.correct([step * 1e-60])
        if not step % 100:
            history.thin()
    rows = history.since(-1, ALL)
    odd = rows[:, 0] % 2 == 1
    assert odd.sum() > 500
    assert rows[odd, 4] == pytest.approx(np.sqrt(rows[odd, 0]) * 1e-30, rel=1e-12)
    assert (rows[~odd, 4] == 2).all()
    assert len(history._exact) < 1000
