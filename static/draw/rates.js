// The logarithmic axis of learning rates, from 10⁻⁵ to 10, that the step lens and the range test share. Pure.

const LOW = -5, HIGH = 1;
/** Above and below the curve, and beside it. */
const BELOW = 19;
/** Where a decade has less room than this, every other number stands alone. */
const ROOM = 32;

/** Where a plot stands in its element. @typedef {{left: number, top: number, width: number, height: number}} Plot */

/** @param {Element} root @param {number} left room for the losses' numbers @param {number} top @returns {Plot} */
export function plotIn(root, left, top) {
  return {left, top, width: Math.max(1, root.clientWidth - left - 12), height: Math.max(1, root.clientHeight - top - BELOW)};
}

/** A rate's place from 0 to 1. @param {number} rate */
export const shareOf = (rate) => Math.min(1, Math.max(0, (Math.log10(rate) - LOW) / (HIGH - LOW)));

/** The rate at a place from 0 to 1, with three digits. @param {number} share */
export const rateAt = (share) => Number((10 ** (LOW + (HIGH - LOW) * Math.min(1, Math.max(0, share)))).toPrecision(3));

/** Decades with their numbers. @param {CanvasRenderingContext2D} context @param {Plot} plot @param {Palette} palette @param {(exponent: number) => string} write */
export function rateAxis(context, {left, top, width, height}, palette, write) {
  context.font = `11px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  const every = width < ROOM * (HIGH - LOW) ? 2 : 1;
  for (let decade = LOW; decade <= HIGH; decade++) {
    const x = left + width * shareOf(10 ** decade);
    context.fillStyle = palette.grid;
    context.fillRect(Math.round(x) - 0.5, top, 1, height);
    context.fillStyle = palette["ink-soft"];
    if ((HIGH - decade) % every === 0) context.fillText(write(decade), x, top + height + 6);
  }
}

/**
 * A line through points that may leave the plot; what is no number ends it.
 * @param {CanvasRenderingContext2D} context @param {Plot} plot @param {[number, number | null][]} points rates and losses
 * @param {(loss: number) => number} heightOf
 */
export function rateCurve(context, plot, points, heightOf) {
  context.save();
  context.beginPath();
  context.rect(plot.left - 3, plot.top, plot.width + 6, plot.height);
  context.clip();
  context.beginPath();
  for (const [rate, loss] of points) {
    // A loss beyond all numbers leaves the picture through its upper edge.
    const y = loss === null ? plot.top - 10 * plot.height : Math.max(plot.top - 10 * plot.height, heightOf(loss));
    context.lineTo(plot.left + plot.width * shareOf(rate), y);
  }
  context.lineJoin = "round";
  context.stroke();
  context.restore();
}

/** A line from top to bottom. @param {CanvasRenderingContext2D} context @param {Plot} plot @param {number} rate @param {number[]} dash */
export function upright(context, {left, top, width, height}, rate, dash) {
  const x = left + width * shareOf(rate);
  context.save();
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, top + height);
  context.stroke();
  context.restore();
}
