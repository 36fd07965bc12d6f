// What stands at a point of the network's drawing: a unit, a connection, a layer, or the loss.

import {alongCurve} from "../draw/canvas.js";
import {lossPlace} from "../model/layout.js";
import {layerAt, selected, unitAt} from "../model/place.js";
import {weightStrength} from "./edges.js";

/** @typedef {import("../model/layout.js").Column} Column */
/** @typedef {import("./edges.js").Edge} Edge */

/** Points of a connection that are measured: closer together than a pointer is wide. */
const POINTS = 48;
/** The line of the headings, and half of the widest one. */
const HEADING = 20, WIDEST = 30;
/** A connection as weak as this is not drawn. */
const UNSEEN = 0.015;

/**
 * @param {number} x @param {number} y @param {Column[]} columns @param {Edge[]} edges @param {number} height of the drawing
 * @param {number} reach pixels around a unit and a connection that count as it
 * @returns {Place | null}
 */
export function pick(x, y, columns, edges, height, reach) {
  const last = columns.length - 1, loss = lossPlace(columns, height);
  for (const [layer, {xs, y: ys, shown, size, image}] of columns.entries()) {
    const half = size / 2 + (image ? 0 : Math.min(reach, 4));
    for (let unit = 0; unit < shown; unit++) {
      if (Math.abs(xs[unit] - x) <= half && Math.abs(ys[unit] - y) <= half) return unitAt(layer, unit, last);
    }
  }
  if (Math.hypot(loss.x - x, loss.y - y) <= 14) return selected("loss");
  const edge = nearest(x, y, columns, edges, reach);
  return edge ? selected("weight", {layer: edge.layer, unit: edge.to, source: edge.from}) : headed(x, y, columns);
}

/** The layer whose heading stands here, or whose column has nothing else here. @param {number} x @param {number} y @param {Column[]} columns @returns {Place | null} */
function headed(x, y, columns) {
  const layer = columnAt(x, columns), {size, x: middle} = columns[layer];
  const within = y <= HEADING ? Math.abs(middle - x) <= WIDEST : Math.abs(middle - x) <= size / 2;
  return layer > 0 && within ? layerAt(layer, columns.length - 1) : null;
}

/** The column that is nearest. @param {number} x @param {Column[]} columns */
export function columnAt(x, columns) {
  const away = columns.map((column) => Math.abs(column.x - x));
  return away.indexOf(Math.min(...away));
}

/** @param {number} x @param {number} y @param {Column[]} columns @param {Edge[]} edges @param {number} reach @returns {Edge | null} */
function nearest(x, y, columns, edges, reach) {
  let found = null, closest = reach;
  for (const edge of edges) {
    const left = columns[edge.layer - 1], right = columns[edge.layer];
    const x1 = left.xs[edge.from] + left.size / 2, x2 = right.xs[edge.to] - right.size / 2;
    if (x < x1 || x > x2 || weightStrength(edge.weight) <= UNSEEN) continue;
    for (let point = 0; point <= POINTS; point++) {
      const [px, py] = alongCurve(x1, left.y[edge.from], x2, right.y[edge.to], point / POINTS);
      const away = Math.hypot(px - x, py - y);
      if (away <= closest) [found, closest] = [edge, away];
    }
  }
  return found;
}
