// One curve for each run, overlaid: the training loss, and the gradient norm of the first layer.

import uPlot from "uplot";
import {dashOf} from "./dash.js";
import {power, ticks} from "../model/numbers.js";
import {timeChart} from "../views/chart.js";

/** Below this a norm is drawn at the axis: a logarithm knows no zero. */
const SMALLEST = 1e-12;
/** Run-away losses and norms leave the picture, instead of flattening what came before: so many times the lowest
 * start; a power of ten. */
const OUTLIER = 3, HIGHEST = 4;
/** Points of a curve: more would hide the dashes. */
const MOST = 200;

/** What is drawn of a run, and from which value on. @type {Record<string, (history: HistoryColumns) => number[]>} */
const COLUMNS = {loss: ({train}) => train, norm: ({norms}) => norms[0] ?? []};
const LEAST = {loss: 0, norm: SMALLEST};

/**
 * Steps and values of a curve, where the loss over all samples was measured: at the end of each round.
 * @param {keyof typeof COLUMNS} kind @param {HistoryColumns} history @returns {[number[], (number | null)[]]}
 */
function curveOf(kind, history) {
  const values = COLUMNS[kind](history), measured = history.step.map((_, row) => row).filter((row) => !Number.isNaN(history.train[row]));
  const every = Math.ceil(measured.length / MOST), rows = measured.filter((_, index) => (measured.length - 1 - index) % every === 0);
  const least = LEAST[/** @type {keyof typeof LEAST} */ (kind)];
  return [rows.map((row) => history.step[row]), rows.map((row) => (Number.isFinite(values[row]) ? Math.max(least, values[row]) : null))];
}

/** @type {Record<string, (states: State[]) => {scale: import("uplot").Scale, axis: import("uplot").Axis}>} */
const AXES = {
  loss: (states) => ({
    scale: {
      range: (/** @type {unknown} */ _plot, /** @type {number | null} */ _low, /** @type {number | null} */ high) => {
        const starts = states.map(({history}) => history.train.find(Number.isFinite) ?? Infinity);
        return /** @type {[number, number]} */ ([0, Math.min(high || 1, OUTLIER * Math.min(...starts)) * 1.05]);
      },
    },
    axis: {values: (/** @type {unknown} */ _, /** @type {number[]} */ splits) => ticks(splits)},
  }),
  norm: () => ({
    scale: {
      distr: /** @type {3} */ (3), log: /** @type {10} */ (10),
      range: (/** @type {unknown} */ _, /** @type {number | null} */ low, /** @type {number | null} */ high) =>
        /** @type {[number, number]} */ ([10 ** Math.floor(Math.log10(low || 1e-3)), 10 ** Math.min(HIGHEST, Math.ceil(Math.log10((high || 1) * 1.0001)))]),
    },
    axis: {
      splits: (/** @type {unknown} */ _, /** @type {number} */ _axis, /** @type {number} */ low, /** @type {number} */ high) => decades(low, high),
      filter: (/** @type {unknown} */ _, /** @type {number[]} */ splits) => splits,
      values: (/** @type {unknown} */ _, /** @type {number[]} */ splits) => splits.map((value) => power(Math.round(Math.log10(value)))),
    },
  }),
};

/**
 * A view of several runs: it is given their states once, and draws them all whenever it is told that one has changed.
 * @param {HTMLElement} root @param {keyof typeof COLUMNS} kind @param {State[]} states @returns {View}
 */
export function overlayView(root, kind, states) {
  const chart = timeChart(root, describe, () => uPlot.join(states.map(({history}) => curveOf(kind, history))));

  /** @param {State} state */
  function describe({palette}) {
    const series = states.map((_, index) => ({
      stroke: palette[`run-${index}`], width: 2, dash: dashOf(index), spanGaps: true, points: {show: false},
    }));
    return {series, ...AXES[kind](states)};
  }

  return {
    reads: ["history", "run", "palette"],
    draw: (state) => chart.draw({...state, marks: []}, states.map(({run}) => run?.run)),
  };
}

/** Powers of ten, about four of them. @param {number} low @param {number} high */
function decades(low, high) {
  const first = Math.round(Math.log10(low)), last = Math.round(Math.log10(high)), every = Math.ceil((last - first) / 4) || 1;
  return Array.from({length: Math.floor((last - first) / every) + 1}, (_, index) => 10 ** (first + index * every));
}
