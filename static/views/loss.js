// The loss against the step: of every batch, and over all training and all test samples where it was measured.

import {median} from "../model/median.js";
import {ticks} from "../model/numbers.js";
import {timeChart} from "./chart.js";

/** @param {HTMLElement} root @returns {View} */
export function lossView(root) {
  const chart = timeChart(root, describe, dataOf);
  return {
    reads: ["history", "marks", "run", "palette", "tip"],
    pause: chart.pause,
    draw: (state) => chart.draw(state, [state.run?.run]),
  };
}

/** A loss that takes off leaves the picture through its top edge, instead of flattening everything before. */
const OUTLIER = 8;

/** The median of some 200 of the losses. @param {ArrayLike<number | null | undefined>} values */
function usual(values) {
  const every = Math.ceil(values.length / 200), sample = Array.from(values, Number).filter((value, index) => index % every === 0 && value);
  return median(sample) ?? 1;
}

/** @param {State} state */
function describe({palette}) {
  const line = {spanGaps: true, points: {show: false}};
  return {
    series: [
      {stroke: palette["ink-soft"], width: 1, alpha: 0.45, points: {show: false}},
      {stroke: palette.accent, width: 2.4, ...line},
      {stroke: palette.warning, width: 2, dash: [6, 4], ...line},
    ],
    scale: {
      range: (/** @type {import("uplot")} */ plot, /** @type {number | null} */ _low, /** @type {number | null} */ high) =>
        /** @type {[number, number]} */ ([0, Math.min(high || 1, OUTLIER * usual(plot.data[1])) * 1.05]),
    },
    axis: {values: (/** @type {unknown} */ _, /** @type {number[]} */ splits) => ticks(splits)},
  };
}

/** @param {State} state @returns {import("uplot").AlignedData} */
function dataOf({history}) {
  const known = (/** @type {number[]} */ column) => column.map((value) => (Number.isFinite(value) ? value : null));
  return [history.step, known(history.loss), known(history.train), known(history.test)];
}
