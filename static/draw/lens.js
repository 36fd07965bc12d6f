// The step lens: the loss after one step against η, with the zones that the engine found. Pure.

import {plotIn, rateAxis, rateCurve, shareOf, upright} from "./rates.js";

/** @typedef {import("./rates.js").Plot} Plot */

/** Rows of the zones' names inside the plot and the gap between two, the place of η's value above it, and room for the losses' numbers. */
const ROW = 14, APART = 8, ABOVE = 17, NUMBERS = 54;
/** How a zone is shaded: a colour of the palette and how much of it; the name says it, too. @type {Record<string, [string, number]>} */
const ZONES = {crawls: ["ink-soft", 0.08], fits: ["good", 0.2], overshoots: ["warning", 0.1], diverges: ["warning", 0.26]};

/** @param {Element} root */
export const lensPlot = (root) => plotIn(root, NUMBERS, ABOVE);

/**
 * @param {CanvasRenderingContext2D} context @param {Element} root @param {Palette} palette @param {Lens} lens
 * @param {number} rate that is marked @param {{rate: (value: number) => string, loss: (value: number) => string, power: (exponent: number) => string}} write
 */
export function drawLens(context, root, palette, lens, rate, write) {
  const plot = lensPlot(root);
  shades(context, plot, palette, lens);
  rateAxis(context, plot, palette, write.power);
  const heightOf = scale(lens, plot);
  levels(context, plot, palette, lens, heightOf, write.loss);
  context.strokeStyle = palette.backward;
  context.lineWidth = 2.4;
  rateCurve(context, plot, curve(lens), heightOf);
  if (lens.critical_rate !== null && lens.critical_rate > lens.rates[0] && lens.critical_rate < lens.rates[lens.rates.length - 1]) {
    context.strokeStyle = palette.warning;
    context.lineWidth = 1.5;
    upright(context, plot, lens.critical_rate, [2, 3]);
  }
  marker(context, plot, palette, rate, write.rate);
  names(context, plot, palette, lens);
  if (lens.best_rate !== null && lens.best_loss !== null) best(context, plot, palette, lens.best_rate, heightOf(lens.best_loss));
}

/** The measured points, and the best one between them. @param {Lens} lens @returns {[number, number | null][]} */
function curve(lens) {
  const points = lens.rates.map((rate, index) => /** @type {[number, number | null]} */ ([rate, lens.losses[index]]));
  if (lens.best_rate !== null) points.push([lens.best_rate, lens.best_loss]);
  return points.sort(([one], [other]) => one - other);
}

/** Between the best loss and as far above the start as the best one is below it: the zones' own measure. @param {Lens} lens @param {Plot} plot */
function scale({start, best_loss: best}, {top, height}) {
  const drop = Math.max(best === null ? Math.abs(start) : start - best, 1e-12 * Math.abs(start), 1e-30);
  const low = (best ?? start) - 0.2 * drop, high = start + 1.25 * drop;
  return (/** @type {number} */ loss) => top + height * (high - loss) / (high - low);
}

/** @param {CanvasRenderingContext2D} context @param {Plot} plot @param {Palette} palette @param {Lens} lens */
function shades(context, {left, top, width, height}, palette, {zones}) {
  for (const {name, low, high} of zones) {
    const [colour, share] = ZONES[name], from = left + width * shareOf(low);
    context.globalAlpha = share;
    context.fillStyle = palette[colour];
    context.fillRect(from, top, left + width * shareOf(high) - from, height);
  }
  context.globalAlpha = 1;
}

/** Each in the middle of its zone as far as there is room, with a line to it where there is not. @param {CanvasRenderingContext2D} context @param {Plot} plot @param {Palette} palette @param {Lens} lens */
function names(context, {left, top, width}, palette, {zones}) {
  context.font = `600 11.5px ${palette.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const spans = zones.map(({name, low, high}) => ({wide: context.measureText(name).width, low: left + width * shareOf(low), high: left + width * shareOf(high)}));
  placeNames(spans, left + 3, left + width - 3).forEach(({x, row}, index) => {
    const {wide, low, high} = spans[index], y = top + 3 + ROW * (row + 0.5), middle = (low + high) / 2, centre = x + wide / 2;
    context.fillStyle = context.strokeStyle = palette[ZONES[zones[index].name][0]];
    if (centre < low || centre > high) {
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(centre, y + ROW / 2 - 1);
      context.lineTo(middle, y + ROW / 2 + 6);
      context.stroke();
    }
    haloed(context, zones[index].name, x, y, palette.panel);
  });
}

/**
 * Where names stand: none touches another or leaves the plot. In one row if they fit into it, else every second one a row lower.
 * @param {{wide: number, low: number, high: number}[]} spans @param {number} left @param {number} right @returns {{x: number, row: number}[]}
 */
export function placeNames(spans, left, right) {
  const needed = spans.reduce((sum, {wide}) => sum + wide + APART, -APART), rows = needed <= right - left ? 1 : 2;
  const places = spans.map(({wide, low, high}, index) => ({x: (low + high - wide) / 2, row: index % rows}));
  for (let row = 0; row < rows; row++) {
    const here = places.map((_, index) => index).filter((index) => places[index].row === row);
    let free = left;
    for (const index of here) {
      places[index].x = Math.max(places[index].x, free);
      free = places[index].x + spans[index].wide + APART;
    }
    let end = right;
    for (const index of here.toReversed()) {
      places[index].x = Math.min(places[index].x, end - spans[index].wide);
      end = places[index].x - APART;
    }
  }
  return places;
}

/** The loss now, and the best one, as numbers at their heights. @param {CanvasRenderingContext2D} context @param {Plot} plot @param {Palette} palette @param {Lens} lens @param {(loss: number) => number} heightOf @param {(value: number) => string} write */
function levels(context, {left, width}, palette, lens, heightOf, write) {
  context.font = `11px ${palette.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = palette["ink-soft"];
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  const texts = [lens.start, lens.best_loss].map((loss) => (loss === null ? "" : write(loss)));
  [lens.start, lens.best_loss].forEach((loss, index) => {
    if (loss === null) return;
    const y = heightOf(loss);
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(left + width, y);
    context.stroke();
    if (index === 0 || texts[0] !== texts[1]) context.fillText(texts[index], left - 6, y);
  });
}

/** The rate in force. @param {CanvasRenderingContext2D} context @param {Plot} plot @param {Palette} palette @param {number} rate @param {(value: number) => string} write */
function marker(context, plot, palette, rate, write) {
  context.strokeStyle = context.fillStyle = palette.accent;
  context.lineWidth = 2;
  upright(context, plot, rate, [5, 4]);
  const x = plot.left + plot.width * shareOf(rate), text = `η = ${write(rate)}`;
  context.font = `700 12px ${palette.font}`;
  const room = context.measureText(text).width, left = Math.min(plot.left + plot.width + 10 - room, Math.max(2, x - room / 2));
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, left, plot.top - 9);
  context.beginPath();
  context.arc(x, plot.top + plot.height, 6, 0, 7);
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {Plot} plot @param {Palette} palette @param {number} rate @param {number} y */
function best(context, plot, palette, rate, y) {
  const x = plot.left + plot.width * shareOf(rate);
  context.fillStyle = palette.good;
  context.strokeStyle = palette.panel;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 5, 0, 7);
  context.fill();
  context.stroke();
}

/** Words that stay legible over lines. @param {CanvasRenderingContext2D} context @param {string} text @param {number} x @param {number} y @param {string} halo */
function haloed(context, text, x, y, halo) {
  context.strokeStyle = halo;
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}
