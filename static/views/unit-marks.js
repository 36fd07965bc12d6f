// Saturated and dead units, marked on the network while an instrument that counts them is open.

/** @typedef {import("../model/layout.js").Column} Column */

/** The instruments of the lab whose answers know them, by the name of their tab. @type {Record<string, string>} */
const KNOWN_BY = {health: "health", taken_apart: "taken_apart"};
/** Of the badge: its size beside a unit's, and its bounds. */
const SHARE = 0.42, LEAST = 7, MOST = 13;

/** What is known of flat units, or null while nobody asks. @param {State} state @returns {FlatUnits[] | null} */
export function flatUnits({lab, answers}) {
  const layers = lab !== null && KNOWN_BY[lab] ? answers[KNOWN_BY[lab]]?.found?.layers : null;
  return layers ?? null;
}

/** A badge at the unit's corner: "=" for saturated, "×" for dead. @param {CanvasRenderingContext2D} context @param {State} state @param {Column[]} columns */
export function drawUnitMarks(context, state, columns) {
  for (const {layer, saturated, dead} of flatUnits(state) ?? []) {
    const column = columns[layer];
    if (!column) continue;
    for (const unit of saturated) if (unit < column.shown) badge(context, column, unit, false, state.palette);
    for (const unit of dead) if (unit < column.shown) badge(context, column, unit, true, state.palette);
  }
}

/** @param {CanvasRenderingContext2D} context @param {Column} column @param {number} unit @param {boolean} dead @param {Palette} palette */
function badge(context, {xs, y, size}, unit, dead, palette) {
  const across = Math.min(MOST, Math.max(LEAST, size * SHARE)), half = across / 2, arm = half * 0.5;
  const x = xs[unit] + size / 2 - 1, middle = y[unit] - size / 2 + 1;
  context.fillStyle = palette.panel;
  context.strokeStyle = palette.warning;
  context.lineWidth = 1.4;
  context.beginPath();
  context.arc(x, middle, half, 0, 7);
  context.fill();
  context.stroke();
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(x - arm, middle + (dead ? -side * arm : side * arm * 0.5));
    context.lineTo(x + arm, middle + (dead ? side * arm : side * arm * 0.5));
  }
  context.stroke();
}
