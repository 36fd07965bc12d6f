// The network: units, connections, and the wave that runs through them.
//
// Edges by weight, edges by gradient and the units are three pictures, made when their data change. While a wave
// moves only these are put together, cut where the wave is, with the pulses on top.

import {alongCurve, cleared, fillingCanvas, fit} from "../draw/canvas.js";
import {TITLES, isImage, layoutNetwork} from "../model/layout.js";
import {plain} from "../model/numbers.js";
import {eased, waveAt} from "../model/wave.js";
import {byGradient, byWeight, drawEdges, gradientStrength, visibleEdges, weightStrength} from "./edges.js";
import {drawUnits, outline} from "./units.js";

/** @typedef {import("../model/layout.js").Column} Column */
/** @typedef {import("./edges.js").Edge} Edge */

/** Pulses that fly at once. */
const MOST_PULSES = 64;
/** Where there is room beside units, their numbers of this pass stand there. */
const ROOM_FOR_NUMBERS = 62, SIZE_FOR_NUMBERS = 20;

/** @param {HTMLElement} root @returns {View} */
export function networkView(root) {
  const canvas = fillingCanvas(root, "The network: units and connections, with the wave of this training step");
  /** @type {Record<string, HTMLCanvasElement>} */
  const pictures = {};
  for (const name of ["weights", "gradients", "units"]) pictures[name] = document.createElement("canvas");
  /** @type {Column[]} */
  let columns = [];
  /** @type {Edge[]} */
  let edges = [];
  /** What the pictures were made from. @type {unknown[]} */
  let made = [];
  let still = false;

  /** Makes the pictures anew that have changed; false when none has. @param {State} state @param {Run} run */
  function prepare(state, run) {
    const {parameters, response, palette, pulse} = state, grown = fit(canvas, root);
    const wanted = [run, parameters, response, palette, run.grid.kind === "none" ? pulse : null];
    const same = !grown && wanted.every((value, index) => value === made[index]);
    if (same) return false;
    const edgesChanged = grown || run !== made[0] || parameters !== made[1] || palette !== made[3];
    made = wanted;
    columns = layoutNetwork({
      layers: run.layers, image: isImage(run), width: root.clientWidth, height: root.clientHeight, top: TITLES,
    });
    for (const picture of Object.values(pictures)) fit(picture, root);
    if (edgesChanged && parameters) {
      edges = visibleEdges(parameters, run.layers, columns);
      const pixel = root.clientWidth / canvas.width;
      drawEdges(
        cleared(pictures.weights, root), edges, columns, byWeight, weightStrength,
        palette["value-minus"], palette["value-plus"], pixel,
      );
      drawEdges(
        cleared(pictures.gradients, root), edges, columns, byGradient, gradientStrength,
        palette["gradient-minus"], palette["gradient-plus"], pixel,
      );
    }
    drawUnits(cleared(pictures.units, root), state, run, columns);
    return true;
  }

  return {
    reads: ["run", "pulse", "parameters", "response", "palette", "reducedMotion"],
    draw(state, now) {
      const {run, palette} = state;
      if (!run || !root.clientWidth) return false;
      const changed = prepare(state, run);
      const wave = waveAt(state.pulse, run.layers.length - 1, now, state.reducedMotion);
      if (!changed && still && wave.pass === "none") return false;
      still = wave.pass === "none";
      const context = cleared(canvas, root), {clientWidth: width, clientHeight: height} = root;
      const put = (/** @type {string} */ name) => context.drawImage(pictures[name], 0, 0, width, height);
      if (wave.pass === "backward") {
        const front = frontOf(wave, columns);
        clipped(context, 0, front, height, () => put("weights"));
        clipped(context, front, width, height, () => put("gradients"));
      } else {
        put("weights");
        if (wave.pass === "update" && wave.progress < 1) {
          context.globalAlpha = 1 - eased(wave.progress);
          put("gradients");
          context.globalAlpha = 1;
        }
      }
      put("units");
      if (state.pulse && wave.pass !== "none") drawWave(context, state.pulse, wave, columns, edges, palette);
      return wave.moving;
    },
  };
}

/** @param {CanvasRenderingContext2D} context @param {number} left @param {number} right @param {number} height @param {() => void} draw */
function clipped(context, left, right, height, draw) {
  context.save();
  context.beginPath();
  context.rect(left, 0, right - left, height);
  context.clip();
  draw();
  context.restore();
}

/** The x at which the backward wave is. @param {Wave} wave @param {Column[]} columns */
function frontOf(wave, columns) {
  const from = columns[wave.layer], to = columns[wave.layer - 1];
  return from.x + (to.x - from.x) * eased(wave.progress);
}

/** @param {CanvasRenderingContext2D} context @param {Pulse} pulse @param {Wave} wave @param {Column[]} columns @param {Edge[]} edges @param {Palette} palette */
function drawWave(context, pulse, wave, columns, edges, palette) {
  const last = columns.length - 1;
  if (wave.pass === "forward") {
    for (let layer = 0; layer < wave.layer; layer++) ring(context, columns[layer], palette.forward, 1.5);
    if (wave.progress < 1) fly(context, columns, edges, wave, palette, (edge) => edge.weight * pulse.a[edge.layer - 1][edge.from], false);
    if (wave.progress > 0.75) {
      ring(context, columns[wave.layer], palette.forward, 3);
      numbers(context, columns, wave.layer, pulse.a[wave.layer], palette.forward, palette);
    }
  } else if (wave.pass === "loss") {
    columns.forEach((column, layer) => ring(context, column, palette.forward, layer === last ? 3 : 1.5));
    flash(context, columns[last], wave.progress, pulse.loss, palette);
  } else if (wave.pass === "backward") {
    for (let layer = wave.layer; layer <= last; layer++) ring(context, columns[layer], palette.backward, layer === wave.layer ? 3 : 1.5);
    numbers(context, columns, wave.layer, pulse.delta[wave.layer], palette.backward, palette);
    if (wave.progress < 1) fly(context, columns, edges, wave, palette, (edge) => edge.weight * pulse.delta[edge.layer][edge.to], true);
  } else if (wave.progress < 1) {
    context.globalAlpha = 1 - wave.progress;
    columns.forEach((column) => ring(context, column, palette.update, 2));
    context.globalAlpha = 1;
  }
}

/** @param {CanvasRenderingContext2D} context @param {Column} column @param {string} colour @param {number} width */
function ring(context, column, colour, width) {
  if (column.image) return;
  for (let unit = 0; unit < column.shown; unit++) outline(context, column.xs[unit], column.y[unit], column.size, colour, width);
}

/**
 * Pulses along the edges of the layer that the wave is in: as large as what they carry.
 * @param {CanvasRenderingContext2D} context @param {Column[]} columns @param {Edge[]} edges @param {Wave} wave
 * @param {Palette} palette @param {(edge: Edge) => number} carried @param {boolean} backward
 */
function fly(context, columns, edges, wave, palette, carried, backward) {
  const mine = edges.filter((edge) => edge.layer === wave.layer).slice(-MOST_PULSES), along = eased(wave.progress);
  const [minus, plus] = backward ? ["gradient-minus", "gradient-plus"] : ["value-minus", "value-plus"];
  const left = columns[wave.layer - 1], right = columns[wave.layer];
  for (const edge of mine) {
    const value = carried(edge), strength = backward ? gradientStrength(value) : weightStrength(value);
    if (!(strength > 0.03)) continue;
    const [x, y] = alongCurve(
      left.xs[edge.from] + left.size / 2, left.y[edge.from], right.xs[edge.to] - right.size / 2, right.y[edge.to],
      backward ? 1 - along : along,
    );
    context.fillStyle = palette[value < 0 ? minus : plus];
    context.beginPath();
    context.arc(x, y, 1 + 4 * strength, 0, 7);
    context.fill();
  }
}

/** The values of a layer beside its units. @param {CanvasRenderingContext2D} context @param {Column[]} columns @param {number} layer @param {Float32Array} values @param {string} colour @param {Palette} palette */
function numbers(context, columns, layer, values, colour, palette) {
  const column = columns[layer], gap = columns.length > 1 ? columns[1].x - columns[0].x : 0;
  if (gap < ROOM_FOR_NUMBERS || column.size < SIZE_FOR_NUMBERS || column.image) return;
  context.font = `600 11px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = palette.panel;
  context.fillStyle = colour;
  for (let unit = 0; unit < column.shown; unit++) {
    const text = plain(values[unit], 2), x = column.xs[unit], y = column.y[unit];
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}

/** The loss: a ring that spreads from the outputs, and its number. @param {CanvasRenderingContext2D} context @param {Column} column @param {number} progress @param {number} loss @param {Palette} palette */
function flash(context, column, progress, loss, palette) {
  const spread = eased(progress), y = (column.y[0] + column.y[column.shown - 1]) / 2;
  context.globalAlpha = Math.max(0, 1 - spread);
  context.strokeStyle = palette.loss;
  context.lineWidth = 2 + 4 * (1 - spread);
  context.beginPath();
  context.arc(column.x, y, column.size * (0.7 + 1.1 * spread), 0, 7);
  context.stroke();
  context.globalAlpha = 1;
  const below = column.y[column.shown - 1] + column.size / 2 + 14;
  context.font = `700 13px ${palette.font}`;
  context.textAlign = "center";
  context.fillStyle = palette.loss;
  context.fillText(`L = ${plain(loss)}`, column.x - 6, below);
}
