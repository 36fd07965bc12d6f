// What the two charts over time share: uPlot with our fonts and colours, and the marks of changed settings.

import uPlot from "uplot";
import {shortWhole} from "../model/numbers.js";

/** Milliseconds between two drawings of a chart; longer once it holds many points. */
const PAUSE_MS = 120, MANY = 1500, LONG_PAUSE_MS = 240;
/** Pixels of the axis at the left at least, of a letter, and beside the longest label. */
const AXIS = 44, LETTER = 6.4, SPARE = 10;
/** Pixels beside the plot: half of the longest label of the axis, which may stand at its very end. */
const LAST_LABEL = 20;

/**
 * @param {HTMLElement} root
 * @param {(state: State) => {series: import("uplot").Series[], scale: import("uplot").Scale, axis: import("uplot").Axis}} describe
 * @param {(state: State) => import("uplot").AlignedData} dataOf
 */
export function timeChart(root, describe, dataOf) {
  /** @type {import("uplot") | null} */
  let plot = null;
  /** @type {unknown[]} */
  let made = [];
  /** @type {Mark[]} */
  let marks = [];
  /** @type {number | null} */
  let standing = null;

  /** @param {State} state */
  function make(state) {
    const {series, scale, axis} = describe(state), {palette} = state;
    plot?.destroy();
    const common = {stroke: palette["ink-soft"], font: `11px ${palette.font}`, grid: {stroke: palette.grid, width: 1}, ticks: {show: false}};
    plot = new uPlot({
      width: root.clientWidth, height: root.clientHeight, legend: {show: false}, cursor: {show: false},
      padding: [14, LAST_LABEL, 0, 0],
      scales: {x: {time: false, range: (_, low, high) => [low ?? 0, Math.max((low ?? 0) + 1, high ?? 1)]}, y: scale},
      axes: [
        {...common, size: 20, gap: 2, space: 60, values: (_, splits) => splits.map((step) => (Number.isInteger(step) ? shortWhole(step) : ""))},
        {...common, size: (_, values) => roomFor(values), gap: 4, ...axis},
      ],
      series: [{}, ...series],
      hooks: {draw: [(chart) => {
        drawMarks(chart, marks, palette);
        if (standing !== null) drawStanding(chart, standing, palette);
        place(chart);
      }]},
    }, dataOf(state), root);
  }

  /** Where the plot is, for a control that lies over it. @param {import("uplot")} chart */
  function place({bbox}) {
    root.parentElement?.style.setProperty("--plot-left", `${bbox.left / uPlot.pxRatio}px`);
    root.parentElement?.style.setProperty("--plot-width", `${bbox.width / uPlot.pxRatio}px`);
  }

  return {
    pause: (/** @type {State} */ {history}) => (history.length > MANY ? LONG_PAUSE_MS : PAUSE_MS),
    /** @param {State} state @param {unknown[]} shape a chart is made anew when one of these changes */
    draw(state, shape) {
      if (!state.run || !root.clientWidth) return false;
      marks = state.marks;
      standing = state.tip === null ? null : state.pulse?.step ?? null;
      const wanted = [state.palette, ...shape];
      if (!plot || wanted.some((value, index) => value !== made[index])) {
        made = wanted;
        make(state);
        return false;
      }
      if (plot.width !== root.clientWidth || plot.height !== root.clientHeight) {
        plot.setSize({width: root.clientWidth, height: root.clientHeight});
      }
      plot.setData(dataOf(state));
      return false;
    },
  };
}

/** How wide the axis has to be. @param {(string | number | null)[] | null} labels */
const roomFor = (labels) => Math.max(AXIS, SPARE + LETTER * Math.max(0, ...(labels ?? []).map((label) => String(label ?? "").length)));

/** Every change of a setting, as a line with its words; words that would overlap are left out. @param {import("uplot")} plot @param {Mark[]} marks @param {Palette} palette */
function drawMarks(plot, marks, palette) {
  const {ctx: context, bbox} = plot, ratio = uPlot.pxRatio;
  let free = -Infinity;
  context.save();
  context.font = `${11 * ratio}px ${palette.font}`;
  context.textAlign = "left";
  context.textBaseline = "bottom";
  for (const {step, text} of marks) {
    const x = plot.valToPos(step, "x", true);
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
    context.strokeStyle = context.fillStyle = palette.accent;
    context.setLineDash([3 * ratio, 3 * ratio]);
    context.lineWidth = ratio;
    context.beginPath();
    context.moveTo(x, bbox.top);
    context.lineTo(x, bbox.top + bbox.height);
    context.stroke();
    const width = context.measureText(text).width, start = Math.min(x, bbox.left + bbox.width - width);
    if (start < free) continue;
    context.fillText(text, start, bbox.top - 2);
    free = start + width + 8 * ratio;
  }
  context.restore();
}

/** The step at which a run stands that looks back: what came after it is faint. @param {import("uplot")} plot @param {number} step @param {Palette} palette */
function drawStanding({ctx: context, bbox, valToPos}, step, palette) {
  const ratio = uPlot.pxRatio, end = bbox.left + bbox.width, x = Math.min(end, Math.max(bbox.left, valToPos(step, "x", true)));
  context.save();
  context.globalAlpha = 0.7;
  context.fillStyle = palette.panel;
  context.fillRect(x, bbox.top, end - x, bbox.height);
  context.globalAlpha = 1;
  context.fillStyle = palette.ink;
  context.fillRect(x - ratio, bbox.top, 2 * ratio, bbox.height);
  context.restore();
}
