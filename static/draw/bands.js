// Percentile bands against the step, as the paths of a picture 1 × 1. Pure.

/** @typedef {{low: number, high: number, logarithmic: boolean}} Axis */

/** Decades of a logarithmic axis at most: what is smaller stands at its lower end. */
const MOST_DECADES = 9;

/** The axis that holds all bands of all layers, so that layers can be compared. @param {(number | null)[][][]} layers a layer's five bands each @param {boolean} logarithmic @returns {Axis} */
export function axisOf(layers, logarithmic) {
  const all = /** @type {number[]} */ (layers.flat(2).filter((value) => value !== null && (!logarithmic || value > 0)));
  const most = (/** @type {number[]} */ values) => values.reduce((one, other) => Math.max(one, other), -Infinity);
  if (!all.length) return logarithmic ? {low: -3, high: 0, logarithmic} : {low: -1, high: 1, logarithmic};
  if (!logarithmic) {
    const high = rounded(most(all.map(Math.abs)) || 1);
    return {low: -high, high, logarithmic};
  }
  const high = Math.ceil(Math.log10(most(all)) + 1e-9), low = Math.floor(-most(all.map((value) => -Math.log10(value))));
  return {low: Math.max(Math.min(low, high - 1), high - MOST_DECADES), high, logarithmic};
}

/** The next of 1, 2, 5, 10 … @param {number} value */
function rounded(value) {
  const decade = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * decade).find((step) => step >= value * (1 - 1e-9)) ?? value;
}

/** From the top, 0 to 1. @param {number} value @param {Axis} axis */
export function heightOf(value, {low, high, logarithmic}) {
  const at = logarithmic ? (value > 0 ? Math.log10(value) : low) : value;
  return Math.min(1, Math.max(0, (high - at) / (high - low)));
}

/** Stretches that were recorded without a hole, as numbers of moments: [from, to]. @param {boolean[]} began @param {(number | null)[]} known */
function stretches(began, known) {
  /** @type {[number, number][]} */
  const found = [];
  known.forEach((value, at) => {
    const last = found.at(-1);
    if (value === null) return;
    if (last && last[1] === at - 1 && !began[at]) last[1] = at;
    else found.push([at, at]);
  });
  return found;
}

/** Places from left to right, 0 to 1. @param {number[]} steps */
export function placesOf(steps) {
  const first = steps[0], wide = Math.max(1, steps[steps.length - 1] - first);
  return steps.map((step) => (step - first) / wide);
}

/** What lies between two bands; a moment that stands alone is a narrow bar. @param {number[]} places @param {boolean[]} began @param {(number | null)[]} lower @param {(number | null)[]} upper @param {Axis} axis */
export function between(places, began, lower, upper, axis) {
  const point = (/** @type {number} */ x, /** @type {number | null} */ value) => `${x.toFixed(4)} ${heightOf(value ?? 0, axis).toFixed(4)}`;
  return stretches(began, lower).map(([from, to]) => {
    if (from === to) {
      const x = Math.min(0.99, places[from]);
      return `M${point(x, upper[from])}L${point(x + 0.01, upper[from])}L${point(x + 0.01, lower[from])}L${point(x, lower[from])}Z`;
    }
    const numbers = Array.from({length: to - from + 1}, (_, index) => from + index);
    return `M${[...numbers.map((at) => point(places[at], upper[at])), ...numbers.toReversed().map((at) => point(places[at], lower[at]))].join("L")}Z`;
  }).join("");
}

/** @param {number[]} places @param {boolean[]} began @param {(number | null)[]} values @param {Axis} axis */
export function along(places, began, values, axis) {
  return stretches(began, values).map(([from, to]) => {
    const points = values.slice(from, to + 1).map((value, index) => `${places[from + index].toFixed(4)} ${heightOf(value ?? 0, axis).toFixed(4)}`);
    return `M${points.join("L")}${points.length === 1 ? "h0.01" : ""}`;
  }).join("");
}
