// The middle of some values. Pure.

/** The two values in the middle, of an odd number twice the same; what is no number counts as the largest. @param {number[]} values @returns {[number, number]} */
export function middles(values) {
  const size = (/** @type {number} */ value) => (Number.isNaN(value) ? Infinity : value);
  const known = values.toSorted((one, other) => (size(one) === size(other) ? 0 : size(one) - size(other))), half = known.length / 2;
  return [known[Math.ceil(half) - 1], known[Math.floor(half)]];
}

/** The value in the middle, of an even number the upper one. @param {number[]} values */
export const median = (values) => middles(values)[1];
