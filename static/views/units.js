// The units of a network: each is the picture of its answers over the input plane, or of its activation.

import {rounded} from "../draw/canvas.js";
import {divergingTable, mix} from "../draw/colour.js";
import {hatch} from "../draw/hatch.js";
import {heatImage} from "../draw/heat.js";
import {isLabelled, shortLabel} from "../model/layout.js";

/** @typedef {import("../model/layout.js").Column} Column */

/** Units smaller than this have square corners: nobody sees them, and clipping is slow. */
const ROUND = 15;

/**
 * @param {CanvasRenderingContext2D} context @param {State} state @param {Run} run @param {Column[]} columns
 */
export function drawUnits(context, state, run, columns) {
  const {palette, response, pulse} = state;
  const table = divergingTable(palette["value-minus"], palette["value-zero"], palette["value-plus"]);
  // All maps in one tall picture, made in one go; a unit is a part of it.
  const inputs = run.input_maps, [rows, cells] = run.grid.response, all = [...inputs, ...(response?.maps.flat() ?? [])];
  const atlas = all.length ? heatImage(joined(all, rows * cells), rows * all.length, cells, table) : null;
  let place = 0;
  columns.forEach((column, layer) => {
    const mapped = layer === 0 ? inputs.length : response?.maps[layer]?.length ?? 0;
    for (let unit = 0; unit < column.shown; unit++) {
      const x = column.xs[unit], y = column.y[unit];
      if (atlas && unit < mapped) mappedUnit(context, atlas, (place + unit) * rows, rows, cells, all[place + unit].includes(0), x, y, column.size, palette);
      else if (column.image) pixel(context, pulse?.x[unit] ?? 0, x, y, column.size, palette);
      else plainUnit(context, share(state, layer, unit), x, y, column.size, palette);
    }
    place += mapped;
    if (column.image) frame(context, column, palette);
    if (column.ellipsis !== null) ellipsis(context, column, palette);
  });
  labels(context, state, run, columns);
}

/** @param {ArrayLike<number>[]} maps @param {number} size of each */
function joined(maps, size) {
  const bytes = new Uint8Array(maps.length * size);
  maps.forEach((map, index) => bytes.set(map, index * size));
  return bytes;
}

/** @param {CanvasRenderingContext2D} context @param {OffscreenCanvas} atlas @param {number} top @param {number} rows @param {number} cells @param {boolean} gaps where there is no number @param {number} x @param {number} y @param {number} size @param {Palette} palette */
function mappedUnit(context, atlas, top, rows, cells, gaps, x, y, size, palette) {
  const half = size / 2, round = size >= ROUND;
  if (round) {
    context.save();
    rounded(context, x - half, y - half, size, size, Math.min(7, size / 4));
    context.clip();
  }
  if (gaps) hatch(context, x - half, y - half, size, size, palette);
  context.imageSmoothingEnabled = round;
  context.drawImage(atlas, 0, top, cells, rows, x - half, y - half, size, size);
  if (round) context.restore();
  outline(context, x, y, size, palette["ink-soft"], 1);
}

/** @param {CanvasRenderingContext2D} context @param {number} value 0 to 1 @param {number} x @param {number} y @param {number} size @param {Palette} palette */
function pixel(context, value, x, y, size, palette) {
  context.fillStyle = mix(palette.sunk, palette.ink, Math.min(1, Math.max(0, value)));
  context.fillRect(x - size / 2, y - size / 2, size + 0.3, size + 0.3);
}

/** @param {CanvasRenderingContext2D} context @param {Column} column @param {Palette} palette */
function frame(context, {xs, y, size}, palette) {
  const last = xs.length - 1;
  context.strokeStyle = palette["panel-edge"];
  context.strokeRect(xs[0] - size / 2 - 1, y[0] - size / 2 - 1, xs[last] - xs[0] + size + 2, y[last] - y[0] + size + 2);
}

/** A unit's activation of the shown sample, −1 to 1. @param {State} state @param {number} layer @param {number} unit */
function share(state, layer, unit) {
  const activations = state.pulse?.a[layer];
  if (!activations || layer === 0) return activations ? Math.max(-1, Math.min(1, activations[unit])) : 0;
  const name = state.run?.activations[layer - 1] ?? "";
  if (name === "sigmoid" || name === "softmax") return activations[unit];
  const largest = Math.max(1, ...activations.map(Math.abs).filter(Number.isFinite));
  return activations[unit] / largest;
}

/** @param {CanvasRenderingContext2D} context @param {number} value −1 to 1 @param {number} x @param {number} y @param {number} size @param {Palette} palette */
function plainUnit(context, value, x, y, size, palette) {
  const end = value < 0 ? palette["value-minus"] : palette["value-plus"];
  context.fillStyle = Number.isFinite(value) ? mix(palette["value-zero"], end, Math.abs(value)) : palette.critical;
  rounded(context, x - size / 2, y - size / 2, size, size, Math.min(7, size / 4));
  context.fill();
  outline(context, x, y, size, palette["ink-soft"], 1);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} size @param {string} colour @param {number} width */
export function outline(context, x, y, size, colour, width) {
  const grown = size + width;
  context.strokeStyle = colour;
  context.lineWidth = width;
  rounded(context, x - grown / 2, y - grown / 2, grown, grown, Math.min(8, grown / 4));
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Column} column @param {Palette} palette */
function ellipsis(context, {x, ellipsis: y, units, shown, size}, palette) {
  if (y === null) return;
  context.fillStyle = palette["ink-soft"];
  for (const offset of [-4, 0, 4]) {
    context.beginPath();
    context.arc(x, y - 5 + offset, 1.4, 0, 7);
    context.fill();
  }
  if (size < 14) return;
  context.font = `11px ${palette.font}`;
  context.textAlign = "center";
  context.fillText(`+${units - shown}`, x, y + 12);
}

/** Names of inputs and outputs. @param {CanvasRenderingContext2D} context @param {State} state @param {Run} run @param {Column[]} columns */
function labels(context, state, run, columns) {
  const {palette} = state, last = columns[columns.length - 1];
  context.font = `12px ${palette.font}`;
  context.fillStyle = palette["ink-soft"];
  context.textBaseline = "middle";
  context.textAlign = "right";
  run.inputs.forEach((name, unit) => context.fillText(name, columns[0].x - columns[0].size / 2 - 6, columns[0].y[unit]));
  context.textAlign = "left";
  if (isLabelled(run)) {
    for (let unit = 0; unit < last.shown; unit++) context.fillText(shortLabel(run.labels[unit]), last.x + last.size / 2 + 7, last.y[unit]);
  }
}
