"""The browser's own modules, in a browser: the wire's other half, the wave, the layout, the history."""

import base64
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FIXTURE = json.loads((Path(__file__).parent.parent / "fixtures" / "frames.json").read_text(encoding="utf-8"))
DECODE = """async ([text, run]) => {
  const {decodeHeader, decode} = await import("/static/wire/protocol.js");
  const buffer = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const frame = decode(buffer, decodeHeader(buffer), run, 1000);
  const plain = (value) => ArrayBuffer.isView(value) ? Array.from(value, plain)
    : Array.isArray(value) ? value.map(plain)
    : typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return Object.fromEntries(Object.entries(frame).map(([name, value]) => [name, plain(value)]));
}"""


@pytest.fixture(scope="module")
def page(server: Any, browser: Any) -> Iterator[Any]:
    opened = browser.new_page()
    opened.goto(server.url + "static/icon.svg")  # the same origin, without the stage
    opened.goto(server.url + "healthz")
    yield opened
    opened.close()


@pytest.fixture
def decoded(page: Any) -> Callable[[str], dict[str, Any]]:
    return lambda name: page.evaluate(DECODE, [FIXTURE["frames"][name], FIXTURE["run"]])


def eighths(start: float, count: int) -> list[float]:
    return [start + index / 8 for index in range(count)]


def test_a_pulse_is_read_as_python_wrote_it(decoded: Callable[[str], dict[str, Any]]) -> None:
    pulse = decoded("pulse")
    assert (pulse["step"], pulse["epoch"], pulse["loss"], pulse["testLoss"]) == (214, 7, 0.5, "Infinity")
    assert (pulse["phase"], pulse["phaseMs"], pulse["elapsedMs"], pulse["running"]) == (4, 650, 120, True)
    assert (pulse["stepsPerSecond"], pulse["shown"], pulse["learningRate"]) == (24.5, 3, 0.125)
    assert pulse["x"] == eighths(1, 2)
    assert pulse["a"] == [eighths(1, 2), eighths(3, 3), [3.375]]
    assert pulse["z"][1:] == [eighths(4, 3), [4.375]]
    assert pulse["delta"][1:] == [eighths(-5, 3), [-4.625]]
    assert pulse["gradientNorms"] == pytest.approx([1e-30, 2.0])
    assert pulse["deltaNorms"] == ["Infinity", 0.5]
    assert pulse["updateRatios"] == ["NaN", 0.25]
    assert pulse["records"][6 + 1 : 6 + 6] == [0.25, 0.5, 0.75, "Infinity", 3.5]


@pytest.mark.parametrize("name", ["parameters_exact", "parameters_half"])
def test_parameters_are_read_exactly_or_to_half_precision(
    name: str, decoded: Callable[[str], dict[str, Any]]
) -> None:
    frame = decoded(name)
    assert frame["exact"] == name.endswith("exact")
    tolerance = 1e-12 if frame["exact"] else 2e-3
    assert frame["theta"][1] == pytest.approx(eighths(-1, 9), rel=tolerance, abs=tolerance / 2)
    assert frame["theta"][2] == pytest.approx(eighths(2, 4), rel=2e-3)
    assert frame["gradient"][1] == pytest.approx([value * 1e-20 for value in eighths(0, 9)], rel=2e-3, abs=1e-23)


def test_heat_belief_and_history_are_read(decoded: Callable[[str], dict[str, Any]]) -> None:
    response = decoded("response")
    assert response["centres"] == [0, 0.5]
    assert response["maps"] == [[], [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], [[12, 13, 14, 15]]]
    assert decoded("belief")["plane"] == [0, 1, 2, 3, 4, 5]
    assert len(decoded("history")["records"]) == 12


def test_bytes_that_are_no_frame_are_refused_with_what_was_found(page: Any) -> None:
    broken = base64.b64encode(b"NBL2" + bytes(60)).decode()
    with pytest.raises(Exception, match="magic 843858510 version 0, expected 827081294 version 1"):
        page.evaluate(DECODE, [broken, FIXTURE["run"]])


def test_the_wave_follows_the_clock_but_waits_for_the_update(page: Any) -> None:
    seen = page.evaluate(
        """async () => {
          const {waveAt} = await import("/static/model/wave.js");
          const pulse = {phase: 0, phaseMs: 100, elapsedMs: 50, running: true, receivedAt: 0};
          const at = (now, more) => { const {pass, layer, progress} = waveAt({...pulse, ...more}, 2, now, false);
            return [pass, layer, progress]; };
          return [at(0), at(60), at(160), at(260), at(360), at(9999), at(9999, {running: false}),
            at(50, {phase: 65535}), at(20, {phase: 5})];
        }"""
    )
    assert [[name, layer, pytest.approx(progress)] for name, layer, progress in seen] == [
        ["forward", 1, 0.5], ["forward", 2, 0.1], ["loss", 2, 0.1], ["backward", 2, 0.1], ["backward", 1, 0.1],
        ["backward", 1, 1], ["forward", 1, 1], ["none", 0, 1], ["update", 0, 0.7],
    ]  # fmt: skip


@pytest.mark.parametrize("layers", [[2, 1], [2, 8, 8, 1], [64, 128, 10], [2, *[128] * 32, 1]])
@pytest.mark.parametrize(("width", "height"), [(800, 300), (560, 220), (350, 260)])
def test_units_stay_inside_and_columns_do_not_touch(page: Any, layers: list[int], width: int, height: int) -> None:
    columns = page.evaluate(
        """async ([layers, width, height]) => (await import("/static/model/layout.js"))
          .layoutNetwork({layers, image: layers[0] === 64, width, height, top: 74})""",
        [layers, width, height],
    )
    for left, right in itertools.pairwise(columns):
        assert left["x"] + left["size"] / 2 < right["x"] - right["size"] / 2
    for column in columns:
        assert 1 <= column["shown"] <= column["units"]
        assert min(column["y"]) - column["size"] / 2 >= 74
        assert max(column["y"]) + column["size"] / 2 <= height
        assert (column["ellipsis"] is not None) == (column["shown"] < column["units"])


def test_the_history_is_bounded_and_a_gap_can_be_filled(page: Any) -> None:
    seen = page.evaluate(
        """async () => {
          const {append, dropFrom, emptyHistory} = await import("/static/model/history.js");
          const records = (first, count) => { const all = new Float32Array(6 * count);
            for (let row = 0; row < count; row++) { new Uint32Array(all.buffer)[6 * row] = first + row;
              all.set([0.5, NaN, NaN, 1, 2], 6 * row + 1); } return all; };
          const history = emptyHistory(2);
          append(history, records(1, 3), 2, false);
          append(history, records(3, 2), 2, false);
          append(history, records(10, 2), 2, false);
          append(history, records(5, 8), 2, true);
          const filled = [...history.step];
          dropFrom(history, 9);
          const dropped = [...history.step];
          for (let first = 100; first < 40000; first += 100) append(history, records(first, 100), 2, false);
          return [filled, dropped, history.length, history.step.length, history.norms[1].length, history.step.at(-1)];
        }"""
    )
    assert seen[0] == list(range(1, 13))
    assert seen[1] == list(range(1, 9))
    assert seen[2] <= 4096
    assert seen[2] == seen[3] == seen[4]
    assert seen[5] == 39_999


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.12, -0.0034, 0.9], ["0.120", "−0.003", "0.900"]), ([4e-5, -2.04e-6, 0], ["4.0·10⁻⁵", "−2.0·10⁻⁶", "0"]),
        ([12.34, -0.5], ["12.3", "−0.5"]), ([2e6, 1], ["2.0·10⁶", "1.0·10⁰"]),
    ],
)  # fmt: skip
def test_values_of_a_layer_have_the_same_decimals(page: Any, values: list[float], texts: list[str]) -> None:
    assert (
        page.evaluate("async (values) => (await import('/static/model/numbers.js')).alike(values)", values) == texts
    )


@pytest.mark.parametrize(
    ("norms", "texts", "short"),
    [
        ([1e-3, 0.5, 2.7], ["×1/2,700", "×1/5.4", "2.7"], ["1/2.7k", "1/5.4", "2.7"]),
        ([4, 0.002, 0.1], ["×40", "×1/50", "0.10"], ["×40", "1/50", "0.10"]),
        ([1.3e-5, 1e-9, 0.2], ["×1/15,385", "×1/2·10⁸", "0.20"], ["1/15k", "1/2·10⁸", "0.20"]),
        ([0, 4000, 1], ["0", "×4,000", "1.0"], ["0", "×4k", "1.0"]),
    ],
)  # fmt: skip
def test_a_layers_gradient_is_told_in_full_and_in_short(
    page: Any, norms: list[float], texts: list[str], short: list[str]
) -> None:
    told = """async ([norms, short]) => { const {factorText} = await import("/static/views/ladder.js");
      return norms.map((_, index) => factorText({ladder: "gradient"}, norms, index + 1, short)); }"""
    assert page.evaluate(told, [norms, False]) == texts
    assert page.evaluate(told, [norms, True]) == short


@pytest.mark.parametrize(
    ("splits", "texts"),
    [
        ([0, 0.05, 0.1, 0.15], ["0.00", "0.05", "0.10", "0.15"]), ([0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([0, 0.2, 0.4], ["0.0", "0.2", "0.4"]), ([0, 10], ["0", "10"]),
    ],
)  # fmt: skip
def test_ticks_of_an_axis_have_the_same_decimals(page: Any, splits: list[float], texts: list[str]) -> None:
    assert (
        page.evaluate("async (splits) => (await import('/static/model/numbers.js')).ticks(splits)", splits) == texts
    )


@pytest.mark.parametrize("layers", [[2, 6, 6, 4, 1], [2, 6, 6, 6, 6, 6, 1], [64, 32, 16, 10], [2, *[16] * 10, 1]])
@pytest.mark.parametrize(("width", "height"), [(800, 300), (560, 240), (350, 300)])
@pytest.mark.parametrize("side", [1, -1])
def test_plates_with_values_lie_on_nothing_and_inside(
    page: Any, layers: list[int], width: int, height: int, side: int
) -> None:
    all_plates, columns = page.evaluate(
        """async ([layers, width, height, side]) => {
          const {layoutNetwork} = await import("/static/model/layout.js");
          const {placePlates} = await import("/static/views/values.js");
          const columns = layoutNetwork({layers, image: layers[0] === 64, width, height, top: 74});
          const plates = columns.slice(1).map((column, index) => placePlates(
            columns, index + 1, Array.from({length: column.shown}, () => "−2.0·10⁻⁶"), 52, side, width));
          return [plates, columns];
        }""",
        [layers, width, height, side],
    )
    boxes = [
        (x - column["size"] / 2, y - column["size"] / 2, column["size"], column["size"])
        for column in columns
        for x, y in zip(column["xs"], column["y"], strict=True)
    ]
    for plates in all_plates:
        placed = [(plate["x"], plate["y"], plate["width"], plate["height"]) for plate in plates]
        for x, y, wide, high in placed:
            assert x >= 0 and x + wide <= width and y >= 0 and y + high <= height
        for (x, y, wide, high), other in itertools.product(placed, placed + boxes):
            if other != (x, y, wide, high):
                left, top, other_wide, other_high = other
                assert x + wide <= left or left + other_wide <= x or y + high <= top or top + other_high <= y
    if layers == [2, 6, 6, 4, 1] and width == 800:
        assert [len(plates) for plates in all_plates] == [6, 6, 4, 1]


LOCKSTEP = """async ([speed, line, cost, seconds]) => {
  const {createLockstep} = await import("/static/compare/lockstep.js");
  let now = 0, sent = 0;
  const due = [], members = [1, 2].map(() => {
    const state = {connection: "live", status: "paused", run: {run: 0}, pulse: {step: 0}};
    const send = ({type, steps}) => {
      if (type !== "advance") return;
      due.push([now + line + cost * steps, () => { state.pulse = {step: state.pulse.step + steps}; }]);
      sent = Math.max(sent, steps);
    };
    return {state, send, goal: null, least: 0};
  });
  const lockstep = createLockstep(members);
  lockstep.choose(speed);
  lockstep.play();
  for (; now < 1000 * seconds; now += 16) {
    for (const answer of due.splice(0)) answer[0] <= now ? answer[1]() : due.push(answer);
    lockstep.tick(now);
  }
  return [members[0].state.pulse.step / seconds, sent];
}"""


@pytest.mark.parametrize(
    ("speed", "line", "cost", "least", "most", "round_of"),
    [
        pytest.param(1, 0, 0.1, 4.5, 5.5, 1, id="5 a second, at once"),
        pytest.param(1, 400, 0.1, 4.5, 5.5, 3, id="5 a second, slow line"),
        pytest.param(2, 300, 0.1, 22, 28, 12, id="25 a second, slow line"),
        pytest.param(4, 300, 0.1, 800, 1050, 500, id="1,000 a second, slow line"),
        pytest.param(4, 5, 4, 200, 260, 100, id="1,000 a second, slow runs: rounds stay short"),
        pytest.param(5, 300, 0.1, 800, 1700, 500, id="turbo, slow line"),
        pytest.param(5, 5, 4, 150, 260, 40, id="turbo, slow runs"),
    ],
)  # fmt: skip
def test_runs_in_lockstep_keep_their_pace_on_a_slow_line(
    page: Any, speed: int, line: int, cost: float, least: float, most: float, round_of: int
) -> None:
    pace, longest = page.evaluate(LOCKSTEP, [speed, line, cost, 10])
    assert least <= pace <= most and longest <= round_of, (pace, longest)
