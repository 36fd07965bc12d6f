// The values of a layer, each on a small plate beside its unit: a to the right, where the wave goes, δ to the left.

import {rounded} from "../draw/canvas.js";
import {alike} from "../model/numbers.js";

/** @typedef {import("../model/layout.js").Column} Column */
/** @typedef {{x: number, y: number, width: number, height: number, text: string}} Plate */

const HEIGHT = 16, PADDING = 4, APART = 3;
/** Room kept between two columns, besides the plates, so that the connections can still be seen. */
const FREE = 4;

/**
 * Where the plates stand: none when they would lie on each other, on units, or outside.
 * @param {Column[]} columns @param {number} layer @param {string[]} texts @param {number} textWidth of the widest
 * @param {1 | -1} side right or left of the units, where there is room @param {number} width of the drawing
 * @returns {Plate[]}
 */
export function placePlates(columns, layer, texts, textWidth, side, width) {
  const column = columns[layer], plate = textWidth + 2 * PADDING;
  if (column.image || (column.shown > 1 && column.y[1] - column.y[0] < HEIGHT + 1)) return [];
  const edge = (/** @type {Column | undefined} */ other, /** @type {number} */ outside) =>
    other ? Math.abs(other.x - column.x) - column.size / 2 - (other.image ? Math.max(...other.xs) - other.x : other.size / 2) - FREE : outside;
  const room = {"1": edge(columns[layer + 1], width - column.x - column.size / 2), "-1": edge(columns[layer - 1], column.x - column.size / 2)};
  const chosen = /** @type {const} */ ([side, -side]).find((one) => room[/** @type {"1" | "-1"} */ (String(one))] >= plate + APART);
  if (chosen === undefined) return [];
  const offset = column.size / 2 + APART, x = chosen > 0 ? column.x + offset : column.x - offset - plate;
  return texts.slice(0, column.shown).map((text, unit) => ({x, y: column.y[unit] - HEIGHT / 2, width: plate, height: HEIGHT, text}));
}

/** @param {CanvasRenderingContext2D} context @param {Column[]} columns @param {number} layer @param {Float32Array} values @param {1 | -1} side @param {string} colour @param {Palette} palette @param {number} width of the drawing */
export function drawValues(context, columns, layer, values, side, colour, palette, width) {
  context.font = `600 11px ${palette.font}`;
  const texts = alike(values.subarray(0, columns[layer].shown));
  const widest = Math.max(...texts.map((text) => context.measureText(text).width));
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.lineWidth = 1;
  for (const {x, y, width: across, height, text} of placePlates(columns, layer, texts, widest, side, width)) {
    context.fillStyle = palette.panel;
    context.strokeStyle = palette["panel-edge"];
    rounded(context, x, y, across, height, height / 2);
    context.fill();
    context.stroke();
    context.fillStyle = colour;
    context.fillText(text, x + across - PADDING, y + height / 2 + 0.5);
  }
}
