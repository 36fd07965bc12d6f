// What is inspected stands out in the drawing of the network: the units and connections that take part, and what a nudge changes.

import {curve, rounded} from "../draw/canvas.js";
import {lossPlace} from "../model/layout.js";
import {plain} from "../model/numbers.js";
import {connects, numberOf, same, takesPart} from "../model/place.js";
import {byGradient, byWeight, gradientStrength, weightStrength} from "./edges.js";
import {outline} from "./units.js";
import {placePlates} from "./values.js";

/** @typedef {import("../model/layout.js").Column} Column */
/** @typedef {import("./edges.js").Edge} Edge */
/** @typedef {{state: State, columns: Column[], edges: Edge[], units: HTMLCanvasElement, width: number, height: number}} Drawing */

/** How much of the panel's colour lies over what takes no part. */
const VEIL = 0.45;

/** A small L below the outputs, where the loss flashes: it can be pointed at like a unit. @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {boolean} chosen */
export function drawLossMark(context, {state: {palette}, columns, height}, chosen) {
  const {x, y} = lossPlace(columns, height);
  context.fillStyle = palette.panel;
  context.strokeStyle = chosen ? palette.accent : palette["ink-soft"];
  context.lineWidth = chosen ? 3 : 1;
  rounded(context, x - 10, y - 10, 20, 20, 10);
  context.fill();
  context.stroke();
  context.fillStyle = palette.ink;
  context.font = `700 12px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText("L", x, y + 0.5);
}

/** @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {Place} selection @param {boolean} backward by gradients, as behind the backward wave */
export function drawSelection(context, drawing, selection, backward) {
  const {state: {palette}, columns, edges, width, height} = drawing, last = columns.length - 1;
  context.globalAlpha = VEIL;
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, width, height);
  for (const edge of edges) if (connects(selection, edge)) connection(context, edge, columns, palette, backward);
  context.setLineDash([]);
  context.globalAlpha = 1;
  columns.forEach((column, layer) => {
    for (let unit = 0; unit < column.shown; unit++) {
      if (!takesPart(selection, layer, unit, last)) continue;
      const chosen = layer === selection.layer && (unit === selection.unit || selection.kind === "layer") && selection.kind !== "loss";
      lit(context, drawing, column, unit, chosen || selection.kind === "weight");
    }
  });
}

/** @param {CanvasRenderingContext2D} context @param {Edge} edge @param {Column[]} columns @param {Palette} palette @param {boolean} backward */
function connection(context, edge, columns, palette, backward) {
  const value = backward ? byGradient(edge) : byWeight(edge);
  const strength = backward ? gradientStrength(value) : weightStrength(value), family = backward ? "gradient" : "value";
  const left = columns[edge.layer - 1], right = columns[edge.layer];
  context.strokeStyle = palette[`${family}-${value < 0 ? "minus" : "plus"}`];
  context.globalAlpha = 0.45 + 0.55 * strength;
  context.lineWidth = 1.5 + 4 * strength;
  context.setLineDash(value < 0 ? [7, 2.5] : []);
  curve(
    context, left.xs[edge.from] + left.size / 2, left.y[edge.from], right.xs[edge.to] - right.size / 2, right.y[edge.to],
  );
  context.stroke();
}

/** A unit as it was before the veil, with a ring. @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {Column} column @param {number} unit @param {boolean} chosen */
function lit(context, {state: {palette}, units, width}, {xs, y, size, image}, unit, chosen) {
  const ratio = units.width / width, side = size + 2, left = xs[unit] - side / 2, top = y[unit] - side / 2;
  context.drawImage(units, left * ratio, top * ratio, side * ratio, side * ratio, left, top, side, side);
  if (image && !chosen) return;
  outline(context, xs[unit], y[unit], size, palette.accent, chosen ? 4 : 1.5);
}

/** By how much a nudge changes the activations, beside the units. @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {Place} selection */
export function drawNudge(context, {state: {palette, answers, nudge}, columns, width}, selection) {
  const found = answers.nudge?.found;
  if (nudge === null || !found || !same(found.place, numberOf(selection))) return;
  context.font = `600 11px ${palette.font}`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  found.changes.forEach((/** @type {number[]} */ changes, /** @type {number} */ index) => {
    const texts = changes.map((change) => (change ? `${change > 0 ? "+" : ""}${plain(change, 2)}` : ""));
    const widest = Math.max(...texts.map((text) => context.measureText(text).width));
    const plates = index + 2 === columns.length ? onUnits(columns[index + 1], texts, widest) : placePlates(columns, index + 1, texts, widest, 1, width);
    for (const {x, y, width: across, height, text} of plates) {
      if (!text) continue;
      context.fillStyle = context.strokeStyle = palette.accent;
      rounded(context, x, y, across, height, height / 2);
      context.fill();
      context.fillStyle = palette["accent-ink"];
      context.fillText(text, x + across - 4, y + height / 2 + 0.5);
    }
  });
}

/** Outputs have no room beside them: their plates lie on their lower edges. @param {Column} column @param {string[]} texts @param {number} widest */
function onUnits({x, y, size, shown}, texts, widest) {
  return texts.slice(0, shown).map((text, unit) => ({x: x - widest / 2 - 4, y: y[unit] + size / 2 - 14, width: widest + 8, height: 16, text}));
}
