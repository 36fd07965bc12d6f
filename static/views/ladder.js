// The gradient ladder: a bar for each layer, under its own column, on a log axis that never moves.

import {cleared, fillingCanvas, fit, rounded} from "../draw/canvas.js";
import {layerColour} from "../draw/colour.js";
import {layoutNetwork, shapeOf, TITLES} from "../model/layout.js";
import {plain, power, raised, whole} from "../model/numbers.js";
import {backwardShare, eased, waveAt} from "../model/wave.js";
import {columnAt} from "./picking.js";

/** Decades of the axis, by what is shown: fixed, so that two moments and two runs can be compared. */
const AXES = {gradient: [-6, 2], delta: [-6, 2], ratio: [-7, 0]};
/** Updates are usually about this share of the weights (Karpathy, CS231n). */
const USUAL_RATIO = 1e-3;
const ABOVE = 20, BELOW = 17;
/** From a gradient so many times smaller than the output's on, its factor is a warning. */
const FAINT = 100;
/** Columns that stand closer than these, in CSS pixels, have their factors in short, and also small. */
const SHORT = 80, SMALL = 56;

/** @typedef {{text: string, x: number, y: number, bold: boolean, colour: string, first: number}} Label */

/** @param {HTMLElement} root @returns {View} */
export function ladderView(root) {
  const canvas = fillingCanvas(root, "Gradient ladder: one bar for each layer, log scale; the table after it has the numbers");
  /** @type {unknown[]} what is drawn: of a wave only its way back moves anything here */
  let drawn = [];
  return {
    reads: ["run", "pulse", "ladder", "palette", "reducedMotion", "selection"],
    draw(state, now) {
      const {run, pulse, palette} = state;
      if (!run || !root.clientWidth) return false;
      const layers = run.layers.length - 1, wave = waveAt(pulse, layers, now, state.reducedMotion), back = wave.pass === "backward";
      const before = drawn;
      drawn = [run, pulse, palette, state.ladder, state.selection, root.clientHeight, wave.pass, wave.layer, back && wave.progress];
      if (!fit(canvas, root) && drawn.every((value, index) => value === before[index])) return wave.moving;
      const context = cleared(canvas, root), [low, high] = AXES[state.ladder];
      const place = scaleOf(low, high, root.clientHeight);
      axis(context, place, low, high, root, palette);
      if (state.ladder === "ratio") usual(context, place(USUAL_RATIO), root.clientWidth, palette);
      if (!pulse) return false;
      const columns = columnsOf(run, root), chosen = state.selection?.kind === "layer" ? state.selection.layer : 0;
      const values = valuesOf(state, pulse), last = lastOf(state), half = halfOf(columns), apart = columns[1].x - columns[0].x;
      /** @type {Label[]} */
      const names = [], factors = [];
      for (let layer = 1; layer <= layers; layer++) {
        const share = eased(backwardShare(wave, layer)), {x} = columns[layer], value = values[layer - 1];
        const colour = value === Infinity ? palette.critical : layerColour(stopsOf(palette), layer, layers), base = place(10 ** low);
        const here = wave.pass === "backward" && wave.layer === layer, arrived = share > 0.6 || !last;
        if (layer === chosen) outlined(context, x, half, root.clientHeight, palette);
        if (here) spotlight(context, x, half, root.clientHeight, palette);
        if (last && share < 1) bar(context, x, half, base, place(last[layer - 1]), colour, 0.25);
        const top = base - (base - place(value)) * share;
        if (!Number.isNaN(value)) bar(context, x, half, base, top, colour, 1);
        if (here && share < 1) crest(context, x, half, top, palette);
        const first = here ? 0 : layer === 1 || layer === layers ? 1 : 2;
        names.push({text: `W${raised(layer)}`, x, y: root.clientHeight - 4, bold: here, colour: palette[here ? "backward" : "ink-soft"], first});
        const shown = arrived ? values : last;
        if (share > 0.6 || last) factors.push({...factor(state, shown, layer, arrived, apart < SHORT, palette), x, y: Math.min(base, place(shown[layer - 1])) - 7, first});
      }
      write(context, names, false, palette);
      write(context, factors, apart < SMALL, palette);
      return wave.moving;
    },
  };
}

/** The columns of the network above. @param {Run} run @param {HTMLElement} root */
const columnsOf = (run, root) => layoutNetwork({...shapeOf(run), width: root.clientWidth, height: 300, top: TITLES});

/** The layer whose bar stands at a point of the page; 0 where none does. @param {Run} run @param {HTMLElement} root @param {number} clientX */
export function barAt(run, root, clientX) {
  const columns = columnsOf(run, root), x = clientX - root.getBoundingClientRect().left, layer = columnAt(x, columns);
  return Math.abs(columns[layer].x - x) <= halfOf(columns) + 6 ? layer : 0;
}

/** Half of a bar's width. @param {import("../model/layout.js").Column[]} columns */
const halfOf = (columns) => Math.min(24, (columns[1].x - columns[0].x) * 0.36);

/** @param {Palette} palette */
const stopsOf = (palette) => [0, 1, 2, 3, 4].map((index) => palette[`layer-${index}`]);

/** What the bars show, one value a layer. @param {State} state @param {Pulse} pulse */
export function valuesOf(state, pulse) {
  return {gradient: pulse.gradientNorms, delta: pulse.deltaNorms, ratio: pulse.updateRatios}[state.ladder];
}

/** The step before, as a ghost until the backward wave arrives. @param {State} state @returns {number[] | null} */
function lastOf({history, ladder}) {
  return history.length && ladder === "gradient" ? history.norms.map((column) => column[history.length - 1]) : null;
}

/** @param {number} low @param {number} high decades @param {number} height */
function scaleOf(low, high, height) {
  return (/** @type {number} */ value) => {
    const decade = Math.min(high, Math.max(low, value > 0 ? Math.log10(value) : low));
    return height - BELOW - ((decade - low) / (high - low)) * (height - ABOVE - BELOW);
  };
}

/** @param {CanvasRenderingContext2D} context @param {(value: number) => number} place @param {number} low @param {number} high @param {HTMLElement} root @param {Palette} palette */
function axis(context, place, low, high, root, palette) {
  context.font = `11px ${palette.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.lineWidth = 1;
  const every = (root.clientHeight - ABOVE - BELOW) / (high - low) < 13 ? 2 : 1;
  for (let decade = low; decade <= high; decade++) {
    const y = Math.round(place(10 ** decade)) + 0.5;
    context.strokeStyle = palette.grid;
    context.beginPath();
    context.moveTo(38, y);
    context.lineTo(root.clientWidth, y);
    context.stroke();
    context.fillStyle = palette["ink-soft"];
    if ((decade - low) % every === 0) context.fillText(power(decade), 33, y);
  }
}

/** Where updates usually are: well above, learning is rough, well below it, slow. @param {CanvasRenderingContext2D} context @param {number} y @param {number} width @param {Palette} palette */
function usual(context, y, width, palette) {
  context.strokeStyle = context.fillStyle = palette.ink;
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(38, Math.round(y) + 0.5);
  context.lineTo(width, Math.round(y) + 0.5);
  context.stroke();
  context.setLineDash([]);
  context.textBaseline = "bottom";
  context.fillText("usual: 10⁻³", width - 2, y - 2);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} half @param {number} base @param {number} top @param {string} colour @param {number} alpha */
function bar(context, x, half, base, top, colour, alpha) {
  const height = Math.max(1.5, base - top);
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  rounded(context, x - half, base - height, 2 * half, height, [Math.min(4, height / 2), Math.min(4, height / 2), 0, 0]);
  context.fill();
  context.globalAlpha = 1;
}

/** Where the backward wave is. @param {CanvasRenderingContext2D} context @param {number} x @param {number} half @param {number} height @param {Palette} palette */
function spotlight(context, x, half, height, palette) {
  context.globalAlpha = 0.13;
  context.fillStyle = palette.backward;
  rounded(context, x - half - 6, 0, 2 * half + 12, height, 8);
  context.fill();
  context.globalAlpha = 1;
}

/** What is inspected. @param {CanvasRenderingContext2D} context @param {number} x @param {number} half @param {number} height @param {Palette} palette */
function outlined(context, x, half, height, palette) {
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  rounded(context, x - half - 5, 1, 2 * half + 10, height - 2, 7);
  context.stroke();
}

/** The rim of a bar that is filling. @param {CanvasRenderingContext2D} context @param {number} x @param {number} half @param {number} top @param {Palette} palette */
function crest(context, x, half, top, palette) {
  context.fillStyle = palette.backward;
  rounded(context, x - half - 3, top - 2.5, 2 * half + 6, 5, 2.5);
  context.fill();
}

/** Labels that stand apart from each other, the most important first. @param {CanvasRenderingContext2D} context @param {Label[]} labels @param {boolean} small @param {Palette} palette */
function write(context, labels, small, palette) {
  /** @type {[number, number][]} */
  const taken = [];
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const {text, x, y, bold, colour} of labels.toSorted((a, b) => a.first - b.first)) {
    context.font = `${bold ? "700" : "400"} ${small ? 11 : bold ? 13 : 12}px ${palette.font}`;
    const half = context.measureText(text).width / 2 + (small ? 1 : 3);
    if (taken.some(([low, high]) => x + half > low && x - half < high)) continue;
    taken.push([x - half, x + half]);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }
}

/**
 * How many times smaller or larger than at the output, or a ratio itself.
 * @param {State} state @param {ArrayLike<number>} values @param {number} layer
 * @param {boolean} arrived whether it is of this step @param {boolean} short @param {Palette} palette
 */
function factor(state, values, layer, arrived, short, palette) {
  const quotient = values[values.length - 1] / values[layer - 1];
  const faint = state.ladder !== "ratio" && (quotient >= FAINT || quotient <= 1 / FAINT);
  const colour = faint ? palette.warning : palette[arrived ? "ink" : "ink-soft"];
  return {text: factorText(state, values, layer, short), bold: arrived || faint, colour};
}

/** "×1/273", "×4.2", or the value itself at the output; in short "1/2.7k". @param {State} state @param {ArrayLike<number>} values @param {number} layer from 1 @param {boolean} [short] */
export function factorText(state, values, layer, short = false) {
  const value = values[layer - 1], output = values[values.length - 1];
  if (!Number.isFinite(value)) return plain(value);
  if (state.ladder === "ratio" || layer === values.length) return plain(value, 2);
  if (!(value > 0) || !(output > 0)) return value === 0 ? "0" : "–";
  const quotient = value / output, smaller = quotient < 1 / 1.5, times = smaller ? 1 / quotient : quotient;
  if (short) return smaller ? `1/${brief(times)}` : `×${brief(times)}`;
  return smaller ? `×1/${compact(times)}` : `×${compact(times)}`;
}

/** @param {number} factor */
const compact = (factor) => (factor < 9.95 ? factor.toFixed(1).replace(/\.0$/, "") : factor < 1e5 ? whole(Math.round(factor)) : plain(factor, 2));

/** Thousands as k: 2.7k, 15k. @param {number} factor */
const brief = (factor) => (factor < 999.5 || factor >= 999_500 ? compact(factor) : `${compact(factor / 1000)}k`);
