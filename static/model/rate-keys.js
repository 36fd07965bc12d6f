// What a key makes of a learning rate: on its slider, on the step lens, and anywhere on the page. Pure.

/** An arrow key is an eighth of an octave more than a tenth: ten presses are a factor of about three. */
const KEY_STEP = 10 ** 0.05, PAGE_STEP = 10 ** 0.5;
/** The setting's bounds, as powers of ten. */
export const LOW = -5, HIGH = 1;

/** A rate within the setting's bounds, with three digits. @param {number} value */
export const bounded = (value) => Number(Math.min(10 ** HIGH, Math.max(10 ** LOW, value)).toPrecision(3));

/** What a key makes of a rate. @type {Record<string, (value: number) => number>} */
export const KEYS = {
  ArrowRight: (value) => value * KEY_STEP, ArrowUp: (value) => value * KEY_STEP,
  ArrowLeft: (value) => value / KEY_STEP, ArrowDown: (value) => value / KEY_STEP,
  PageUp: (value) => value * PAGE_STEP, PageDown: (value) => value / PAGE_STEP,
  Home: () => 10 ** LOW, End: () => 10 ** HIGH,
};

/** The rate after an arrow key: also for the keyboard anywhere on the page. @param {number} value @param {number} direction */
export const nudged = (value, direction) => bounded(value * KEY_STEP ** direction);
