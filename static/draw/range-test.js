// The learning-rate range test: the loss while η grows, and the range that it suggests. Pure.

import {plotIn, rateAxis, rateCurve, shareOf, upright} from "./rates.js";

const ABOVE = 20, NUMBERS = 46;
/** The picture reaches so far above the first losses; what blows up leaves it. */
const HEADROOM = 1.6;

/**
 * @param {CanvasRenderingContext2D} context @param {Element} root @param {Palette} palette @param {RangePart[]} steps
 * @param {RangeResult | undefined} result once it is there @param {number} rate in force
 * @param {{loss: (value: number) => string, power: (exponent: number) => string}} write
 */
export function drawRangeTest(context, root, palette, steps, result, rate, write) {
  const plot = plotIn(root, NUMBERS, ABOVE), high = HEADROOM * typical(steps.slice(0, 10));
  const heightOf = (/** @type {number} */ loss) => plot.top + plot.height * (1 - loss / high);
  if (result?.lowest && result.steepest) range(context, plot, palette, result.lowest, result.steepest);
  rateAxis(context, plot, palette, write.power);
  losses(context, plot, palette, high, write.loss);
  context.strokeStyle = palette["ink-soft"];
  context.globalAlpha = 0.45;
  context.lineWidth = 1;
  rateCurve(context, plot, steps.map((step) => [step.rate, step.loss]), heightOf);
  context.globalAlpha = 1;
  context.strokeStyle = palette.backward;
  context.lineWidth = 2.4;
  rateCurve(context, plot, steps.map((step) => [step.rate, step.smoothed]), heightOf);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  upright(context, plot, rate, [5, 4]);
  if (result?.best) dot(context, palette, plot.left + plot.width * shareOf(result.best), heightOf(steps.find((step) => step.rate === result.best)?.smoothed ?? 0));
}

/** The median of the first losses. @param {RangePart[]} steps */
function typical(steps) {
  const known = steps.map(({loss}) => loss ?? 0).sort((one, other) => one - other);
  return known[known.length >> 1] || 1;
}

/** @param {CanvasRenderingContext2D} context @param {import("./rates.js").Plot} plot @param {Palette} palette @param {number} low @param {number} high */
function range(context, {left, top, width, height}, palette, low, high) {
  const from = left + width * shareOf(low), to = left + width * shareOf(high);
  context.fillStyle = palette.good;
  context.globalAlpha = 0.2;
  context.fillRect(from, top, to - from, height);
  context.globalAlpha = 1;
  context.font = `600 11.5px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText("suggested", (from + to) / 2, top - 9);
}

/** @param {CanvasRenderingContext2D} context @param {import("./rates.js").Plot} plot @param {Palette} palette @param {number} high @param {(loss: number) => string} write */
function losses(context, {left, top, width, height}, palette, high, write) {
  context.font = `11px ${palette.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const share of [0, 0.25, 0.5, 0.75]) {
    const y = Math.round(top + height * (1 - share));
    context.fillStyle = palette.grid;
    context.fillRect(left, y - 0.5, width, 1);
    context.fillStyle = palette["ink-soft"];
    context.fillText(write(share * high), left - 6, y);
  }
}

/** @param {CanvasRenderingContext2D} context @param {Palette} palette @param {number} x @param {number} y */
function dot(context, palette, x, y) {
  context.fillStyle = palette.warning;
  context.strokeStyle = palette.panel;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 5, 0, 7);
  context.fill();
  context.stroke();
}
