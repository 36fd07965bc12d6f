// The loss around a network: hills and valleys with lines of equal loss, the path of the run, the way down. Pure.

import {mix, rgb} from "./colour.js";
import {contour} from "./contour.js";
import {heatImage} from "./heat.js";

/** Room for numbers below and beside the plane. */
const LEFT = 40, BELOW = 20, RIGHT = 10, ABOVE = 6;
const LEVELS = 12;
/** A loss of nothing has no logarithm: heights end so many times below the highest. */
const DEPTH = 1e6;
/** The arrow's length; shorter, down to its head, where the picture ends before. */
const ARROW = 44, HEAD = 14;

/** @typedef {{left: number, top: number, side: number}} Square */

/**
 * @param {CanvasRenderingContext2D} context @param {Element} root @param {Palette} palette @param {LandscapePart[]} rows as far as they have come
 * @param {LandscapeResult | undefined} result once it is there @param {(value: number) => string} write
 */
export function drawLandscape(context, root, palette, rows, result, write) {
  if (!rows.length) return;
  const square = squareIn(root), heights = rows.map(({losses}) => losses.map(logarithm)), points = rows[0].of;
  const known = heights.flat().filter((height) => height !== null), high = Math.max(...known), low = Math.max(Math.min(...known), high - Math.log(DEPTH));
  context.save();
  context.beginPath();
  context.rect(square.left, square.top, square.side, square.side);
  context.fillStyle = palette.sunk;
  context.fill();
  context.clip();
  fill(context, square, palette, heights, points, low, high);
  lines(context, square, palette, heights, points, low, high);
  if (result) {
    path(context, square, palette, result);
    arrow(context, square, palette, result);
  }
  context.restore();
  if (result) axes(context, square, palette, result, write);
}

/** @param {Element} root @returns {Square} */
function squareIn(root) {
  const side = Math.max(1, Math.min(root.clientWidth - LEFT - RIGHT, root.clientHeight - ABOVE - BELOW));
  return {left: LEFT + Math.max(0, (root.clientWidth - LEFT - RIGHT - side) / 2), top: ABOVE, side};
}

/** @param {number | null} loss */
const logarithm = (loss) => (loss === null ? null : Math.log(Math.max(loss, Number.MIN_VALUE)));

/** From the bottom of the valley to the hills: the panel's colour to blue. @param {Palette} palette */
function table(palette) {
  const from = rgb(palette.panel), to = rgb(palette["value-plus"]), colours = new Uint8ClampedArray(256 * 4);
  for (let step = 0; step < 256; step++) {
    const share = 0.06 + 0.8 * (step / 255);
    for (let channel = 0; channel < 3; channel++) colours[4 * step + channel] = from[channel] + (to[channel] - from[channel]) * share;
    colours[4 * step + 3] = 255;
  }
  return colours;
}

/** A pixel for each loss that is there, smoothly scaled up; the lowest β is the lowest row. @param {CanvasRenderingContext2D} context @param {Square} square @param {Palette} palette @param {(number | null)[][]} heights @param {number} points @param {number} low @param {number} high */
function fill(context, {left, top, side}, palette, heights, points, low, high) {
  const bytes = new Uint8Array(heights.length * points), cell = side / (points - 1);
  heights.toReversed().forEach((row, y) => row.forEach((height, x) => {
    bytes[y * points + x] = height === null ? 255 : Math.round(255 * Math.min(1, Math.max(0, (height - low) / (high - low || 1))));
  }));
  const image = heatImage(bytes, heights.length, points, table(palette));
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, left - cell / 2, top + side - (heights.length - 0.5) * cell, points * cell, heights.length * cell);
}

/** Between lowest and highest at equal factors. @param {CanvasRenderingContext2D} context @param {Square} square @param {Palette} palette @param {(number | null)[][]} heights @param {number} points @param {number} low @param {number} high */
function lines(context, {left, top, side}, palette, heights, points, low, high) {
  const cell = side / (points - 1);
  context.strokeStyle = palette.ink;
  context.globalAlpha = 0.4;
  context.lineWidth = 1;
  context.beginPath();
  for (let level = 1; level < LEVELS; level++) {
    for (const [x1, y1, x2, y2] of contour(heights, low + ((high - low) * level) / LEVELS)) {
      context.moveTo(left + x1 * cell, top + side - y1 * cell);
      context.lineTo(left + x2 * cell, top + side - y2 * cell);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** A point of the plane in the picture. @param {Square} square @param {LandscapeResult} result @param {number[]} point */
function placed({left, top, side}, {alphas, betas}, [alpha, beta]) {
  const share = (/** @type {number[]} */ ends, /** @type {number} */ value) => (value - ends[0]) / (ends[ends.length - 1] - ends[0]);
  return [left + side * share(alphas, alpha), top + side * (1 - share(betas, beta))];
}

/** The shadow of the run's path, with its start and the present. @param {CanvasRenderingContext2D} context @param {Square} square @param {Palette} palette @param {LandscapeResult} result */
function path(context, square, palette, result) {
  const points = result.path.map((point) => placed(square, result, point));
  context.lineJoin = "round";
  for (const [colour, width] of /** @type {[string, number][]} */ ([[palette.panel, 5], [palette.ink, 2]])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.stroke();
  }
  const ends = [[points[0], palette.panel, palette.ink], [points[points.length - 1], palette.ink, palette.panel]];
  for (const [[x, y], inside, edge] of /** @type {[number[], string, string][]} */ (ends)) {
    context.fillStyle = inside;
    context.strokeStyle = edge;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, 5, 0, 7);
    context.fill();
    context.stroke();
  }
}

/** Where −∇L points in the plane, from the present; always as long, for its length says nothing beside the plane's. @param {CanvasRenderingContext2D} context @param {Square} square @param {Palette} palette @param {LandscapeResult} result */
function arrow(context, square, palette, result) {
  const [x, y] = placed(square, result, [0, 0]), [toX, toY] = placed(square, result, result.downhill);
  const length = Math.hypot(toX - x, toY - y);
  if (!length) return;
  const [dx, dy] = [(toX - x) / length, (toY - y) / length], {left, top, side} = square;
  const toEdge = Math.min((dx > 0 ? left + side - x : x - left) / Math.abs(dx || 1e-9), (dy > 0 ? top + side - y : y - top) / Math.abs(dy || 1e-9));
  const reach = Math.max(HEAD, Math.min(ARROW, toEdge - 4)), [tipX, tipY] = [x + reach * dx, y + reach * dy];
  for (const [colour, width] of /** @type {[string, number][]} */ ([[palette.panel, 6], [palette.backward, 3]])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(x + 7 * dx, y + 7 * dy);
    context.lineTo(tipX, tipY);
    context.moveTo(tipX - 10 * dx + 6 * dy, tipY - 10 * dy - 6 * dx);
    context.lineTo(tipX, tipY);
    context.lineTo(tipX - 10 * dx - 6 * dy, tipY - 10 * dy + 6 * dx);
    context.stroke();
  }
}

/** How far the plane reaches. @param {CanvasRenderingContext2D} context @param {Square} square @param {Palette} palette @param {LandscapeResult} result @param {(value: number) => string} write */
function axes(context, {left, top, side}, palette, {alphas, betas}, write) {
  context.font = `11px ${palette.font}`;
  context.fillStyle = palette["ink-soft"];
  context.textBaseline = "top";
  const ends = (/** @type {number[]} */ values) => [values[0], values[values.length - 1]].map(write);
  const [[low, high], [bottom, upper]] = [ends(alphas), ends(betas)];
  context.textAlign = "left";
  context.fillText(low, left, top + side + 5);
  context.textAlign = "center";
  context.fillText("α, along d₁", left + side / 2, top + side + 5);
  context.textAlign = "right";
  context.fillText(high, left + side, top + side + 5);
  context.fillText(upper, left - 5, top);
  context.textBaseline = "bottom";
  context.fillText(bottom, left - 5, top + side);
  context.textBaseline = "middle";
  context.fillText("β", left - 5, top + side / 2);
}

/** The colours of the lowest and the highest loss, for a legend. @param {Palette} palette */
export const heightColours = (palette) => [0.06, 0.86].map((share) => mix(palette.panel, palette["value-plus"], share));
