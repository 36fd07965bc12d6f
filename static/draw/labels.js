// Labels beside dots: each where nothing else is, or left out. Pure.

/** @typedef {{x: number, y: number, width: number, height: number, text: string, lit: boolean}} Label */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/**
 * Places for labels, the first ones first: to the right of the dot, else to its left, above, below. A lit one always gets one.
 * @param {Label[]} labels @param {{x: number, y: number}[]} dots none of which may be covered @param {Box} within @param {number} reach from a dot's middle to its label
 * @returns {{label: Label, x: number, y: number}[]} left edges and middles
 */
export function placeLabels(labels, dots, within, reach) {
  /** @type {Box[]} */
  const taken = [];
  const placed = [];
  for (const label of labels) {
    const {width, height} = label, half = height / 2;
    const places = [
      [label.x + reach, label.y], [label.x - reach - width, label.y],
      [label.x - width / 2, label.y - reach - half], [label.x - width / 2, label.y + reach + half],
    ].map(([x, y]) => ({x, y, box: {left: x, top: y - half, right: x + width, bottom: y + half}}));
    const inside = places.filter(({box}) => box.left >= within.left && box.right <= within.right && box.top >= within.top && box.bottom <= within.bottom);
    const free = inside.find(({box}) => !taken.some((other) => overlap(box, other)) && !dots.some((dot) => covers(box, dot, reach - 2)));
    const place = free ?? (label.lit ? inside[0] : undefined);
    if (!place) continue;
    taken.push(place.box);
    placed.push({label, x: place.x, y: place.y});
  }
  return placed;
}

/** @param {Box} one @param {Box} other */
const overlap = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** @param {Box} box @param {{x: number, y: number}} dot @param {number} radius */
const covers = (box, {x, y}, radius) => x + radius > box.left && x - radius < box.right && y + radius > box.top && y - radius < box.bottom;
