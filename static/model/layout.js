// Where everything stands in the drawing of a network: columns of units, shared by the network and the ladder.

const SIDE = 54, LEAST_SIDE = 44, LARGEST = 36, SMALLEST = 7, MOST_ROWS = 16;
/** Of the names beside inputs and outputs: the width of a letter, and what fits beside a unit anyway. */
const LETTER = 7, FREE = 22;
/** Letters of an output's label. */
const LONGEST_LABEL = 12;

/**
 * @typedef {object} Column
 * @property {number} x the middle
 * @property {number} units how many there are
 * @property {number} shown how many of them are drawn
 * @property {number} size of a unit's square
 * @property {number[]} y the units' middles
 * @property {number[]} xs the units' middles: all x, or those of an image's pixels
 * @property {boolean} image whether the units are the pixels of an image
 * @property {number | null} ellipsis where the three dots stand
 */

/**
 * @param {{layers: number[], image: boolean, name?: number, label?: number, width: number, height: number, top: number}} options
 *   image: the inputs are the pixels of a square image; name, label: letters beside an input, an output; top: space
 *   kept free above
 * @returns {Column[]}
 */
export function layoutNetwork({layers, image, name = 0, label = 0, width, height, top}) {
  const margin = Math.max(LEAST_SIDE, Math.min(SIDE, width * 0.08)), side = margin + (image ? 22 : 0) + Math.max(0, name * LETTER - FREE);
  const gap = (width - side - margin - Math.max(0, label * LETTER - FREE)) / (layers.length - 1);
  return layers.map((units, layer) => {
    const x = side + layer * gap;
    if (layer === 0 && image) return pixels(units, x, top, height);
    return column(units, x, Math.min(gap * 0.58, LARGEST), top, height);
  });
}

/** @param {number} units @param {number} x @param {number} widest @param {number} top @param {number} height @returns {Column} */
function column(units, x, widest, top, height) {
  const room = height - top - 8;
  const smallest = Math.min(widest, Math.max(SMALLEST, Math.min(16, room / 24)));
  const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(room / (smallest * 1.22))));
  const long = units > most, shown = long ? most - 1 : units;
  const pitch = Math.min(LARGEST * 1.42, room / (shown + (long ? 1 : 0)));
  const size = Math.max(4, Math.min(widest, pitch * 0.82));
  const start = top + (room - pitch * (shown + (long ? 1 : 0))) / 2 + pitch / 2;
  const y = Array.from({length: shown}, (_, unit) => start + unit * pitch);
  return {
    x, units, shown, size, y, xs: y.map(() => x), image: false, ellipsis: long ? start + shown * pitch : null,
  };
}

/** @param {number} units @param {number} x @param {number} top @param {number} height @returns {Column} */
function pixels(units, x, top, height) {
  const side = Math.round(Math.sqrt(units)), cell = Math.min(9, (height - top) / side / 1.5);
  const middle = top + (height - top) / 2, offset = (side - 1) / 2;
  const place = (/** @type {number} */ at) => (at - offset) * cell;
  return {
    x, units, shown: units, size: cell, image: true, ellipsis: null,
    y: Array.from({length: units}, (_, unit) => middle + place(Math.floor(unit / side))),
    xs: Array.from({length: units}, (_, unit) => x + place(unit % side)),
  };
}

/** What the layout has to know of a run. @param {Run} run */
export function shapeOf(run) {
  const longest = (/** @type {string[]} */ names) => Math.max(0, ...names.map((name) => name.length));
  return {layers: run.layers, image: run.image, name: longest(run.inputs), label: isLabelled(run) ? Math.min(LONGEST_LABEL, longest(run.labels)) : 0};
}

/** As much of an output's label as there is room for. @param {string} label */
export const shortLabel = (label) => (label.length <= LONGEST_LABEL ? label : `${label.slice(0, LONGEST_LABEL - 1)}…`);

/** Whether each output stands for a class. @param {Run} run */
export function isLabelled({layers, labels}) {
  return labels.length > 1 && layers[layers.length - 1] === labels.length;
}

/** Where the loss stands: below the outputs, or above them where there is no room. @param {Column[]} columns @param {number} height of the drawing */
export function lossPlace(columns, height) {
  const {x, y, shown, size} = columns[columns.length - 1];
  const below = y[shown - 1] + size / 2 + 17;
  return {x, y: below + 11 <= height ? below : y[0] - size / 2 - 14};
}

/** The room that the column titles take above the units. */
export const TITLES = 74;
