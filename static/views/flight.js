// What moves: pulses along the edges, rings around the units that the wave has reached, the flash of the loss.

import {alongCurve, rounded} from "../draw/canvas.js";
import {lossPlace} from "../model/layout.js";
import {plain} from "../model/numbers.js";
import {eased} from "../model/wave.js";
import {gradientStrength, weightStrength} from "./edges.js";
import {outline} from "./units.js";
import {drawValues} from "./values.js";

/** @typedef {import("../model/layout.js").Column} Column */
/** @typedef {import("./edges.js").Edge} Edge */

/** Pulses that fly at once. */
const MOST_PULSES = 64;

/** @param {CanvasRenderingContext2D} context @param {Pulse} pulse @param {Wave} wave @param {Column[]} columns @param {Edge[]} edges @param {Palette} palette @param {{width: number, height: number}} size of the drawing */
export function drawWave(context, pulse, wave, columns, edges, palette, {width, height}) {
  const last = columns.length - 1;
  if (wave.pass === "forward") {
    for (let layer = 0; layer < wave.layer; layer++) ring(context, columns[layer], palette.forward, 1.5);
    if (wave.progress < 1) fly(context, columns, edges, wave, palette, (edge) => edge.weight * pulse.a[edge.layer - 1][edge.from], false);
    if (wave.progress > 0.75) {
      ring(context, columns[wave.layer], palette.forward, 3);
      drawValues(context, columns, wave.layer, pulse.a[wave.layer], 1, palette.forward, palette, width);
    }
  } else if (wave.pass === "loss") {
    columns.forEach((column, layer) => ring(context, column, palette.forward, layer === last ? 3 : 1.5));
    flash(context, columns[last], lossPlace(columns, height), wave.progress, pulse.loss, palette);
  } else if (wave.pass === "backward") {
    for (let layer = wave.layer; layer <= last; layer++) ring(context, columns[layer], palette.backward, layer === wave.layer ? 3 : 1.5);
    if (wave.progress < 1) fly(context, columns, edges, wave, palette, (edge) => edge.weight * pulse.delta[edge.layer][edge.to], true);
    drawValues(context, columns, wave.layer, pulse.delta[wave.layer], -1, palette.backward, palette, width);
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

/** The loss: a ring that spreads from the outputs, and its number. @param {CanvasRenderingContext2D} context @param {Column} column @param {{x: number, y: number}} place of the number @param {number} progress @param {number} loss @param {Palette} palette */
function flash(context, column, place, progress, loss, palette) {
  const spread = eased(progress), y = (column.y[0] + column.y[column.shown - 1]) / 2;
  context.globalAlpha = Math.max(0, 1 - spread);
  context.strokeStyle = palette.loss;
  context.lineWidth = 2 + 4 * (1 - spread);
  context.beginPath();
  context.arc(column.x, y, column.size * (0.7 + 0.55 * spread), 0, 7);
  context.stroke();
  context.globalAlpha = 1;
  context.font = `700 13px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const text = `L = ${plain(loss)}`, half = context.measureText(text).width / 2 + 5;
  context.fillStyle = palette.panel;
  rounded(context, place.x - half, place.y - 10, 2 * half, 20, 10);
  context.fill();
  context.fillStyle = palette.loss;
  context.fillText(text, place.x, place.y);
}
