// Numbers as people write them.

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 3 → "³". @param {number} whole */
export function raised(whole) {
  return (whole < 0 ? "⁻" : "") + [...String(Math.abs(whole))].map((digit) => RAISED[Number(digit)]).join("");
}

/** −1.2·10⁻⁵. @param {number} value @param {number} decimals */
function scientific(value, decimals) {
  const [mantissa, exponent] = value.toExponential(decimals).split("e");
  return `${mantissa.replace("-", "−")}·10${raised(Number(exponent))}`;
}

/** About three digits; very small and large ones as 1.2·10⁻⁵. @param {number | null | undefined} value @param {number} [digits] */
export function plain(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-3 || size >= 1e6) return scientific(value, digits - 2);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(decimals).replace("-", "−");
}

/**
 * Several values with as many decimals each, so that they line up and do not jump: 0.120, −0.003; if all are small,
 * 4.0·10⁻⁵ each.
 * @param {ArrayLike<number>} values
 */
export function alike(values) {
  const largest = Math.max(...Array.from(values, Math.abs).filter(Number.isFinite));
  return Array.from(values, (value) => {
    if (!Number.isFinite(value) || value === 0) return plain(value);
    if (largest < 0.01 || largest >= 1000) return scientific(value, 1);
    return value.toFixed(largest < 10 ? 3 : 1).replace("-", "−");
  });
}

/** From here on a tick is written with a power of ten. */
const LARGE = 1e4;

/** 400000 → 4·10⁵, with as many decimals as it needs, up to three. @param {number} value */
function powered(value) {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  return `${String(Number((value / 10 ** exponent).toFixed(3))).replace("-", "−")}·10${raised(exponent)}`;
}

/** Ticks of an axis with as many decimals each as their distance needs; large ones as 4·10⁵. @param {number[]} splits */
export function ticks(splits) {
  if (Math.max(...splits.map(Math.abs)) >= LARGE) return splits.map(powered);
  const distance = splits.length > 1 ? splits[1] - splits[0] : 1;
  let decimals = 0;
  while (decimals < 5 && Math.abs(distance * 10 ** decimals - Math.round(distance * 10 ** decimals)) > 1e-6) decimals++;
  return splits.map((value) => (decimals < 5 ? value.toFixed(decimals) : plain(value, 2)));
}

/** A step on an axis: 2,500, and from 100,000 on 250K. @param {number} step */
export function shortWhole(step) {
  return step.toLocaleString("en-GB", step < 1e5 ? {} : {notation: "compact", maximumFractionDigits: 2});
}

/** A learning rate: up to three digits, no useless zeros. @param {number} value */
export function rate(value) {
  return value >= 0.001 ? String(Number(value.toPrecision(3))) : plain(value, 3);
}

/** Made once: to make one takes longer than to write a hundred numbers. */
const WHOLE = new Intl.NumberFormat("en-GB");

/** 12,345. @param {number} value */
export function whole(value) {
  return WHOLE.format(value);
}

/** A power of ten on an axis: 10⁻³, and 0.1, 1, 10 as they are. @param {number} exponent */
export function power(exponent) {
  return exponent >= -1 && exponent <= 1 ? String(10 ** exponent) : `10${raised(exponent)}`;
}
