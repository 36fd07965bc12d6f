// The gradient norm of every layer against the step, log axis.

import {layerColour} from "../draw/colour.js";
import {power} from "../model/numbers.js";
import {timeChart} from "./chart.js";

/** Below this a norm is drawn at the axis: a logarithm knows no zero. */
const SMALLEST = 1e-12;
/** A run that diverges leaves the picture here, so that what came before stays readable. */
const HIGHEST = 4;

/** @param {HTMLElement} root @returns {View} */
export function gradientHistoryView(root) {
  const chart = timeChart(root, describe, dataOf);
  return {
    reads: ["history", "marks", "run", "palette", "tip"],
    pause: chart.pause,
    draw: (state) => chart.draw(state, [state.run?.run]),
  };
}

/** The powers of ten of an axis, every second one or fewer when there are many. @param {number} low @param {number} high */
function decades(low, high) {
  const first = Math.round(Math.log10(low)), last = Math.round(Math.log10(high)), every = Math.ceil((last - first) / 6) || 1;
  return Array.from({length: Math.floor((last - first) / every) + 1}, (_, index) => 10 ** (first + index * every));
}

/** @param {State} state */
function describe({run, palette}) {
  const layers = run ? run.layers.length - 1 : 0, stops = [0, 1, 2, 3, 4].map((index) => palette[`layer-${index}`]);
  return {
    series: Array.from({length: layers}, (_, index) => ({
      stroke: layerColour(stops, index + 1, layers), width: layers > 12 ? 1.2 : 1.8, points: {show: false},
    })),
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
  };
}

/** @param {State} state @returns {import("uplot").AlignedData} */
function dataOf({history}) {
  const known = (/** @type {number} */ value) => (Number.isFinite(value) ? Math.max(SMALLEST, value) : null);
  return [history.step, ...history.norms.map((column) => column.map(known))];
}
