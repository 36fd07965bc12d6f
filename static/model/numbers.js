// Numbers as people write them.

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 3 → "³". @param {number} whole */
export function raised(whole) {
  return (whole < 0 ? "⁻" : "") + [...String(Math.abs(whole))].map((digit) => RAISED[Number(digit)]).join("");
}

/** About three digits; very small and large ones as 1.2·10⁻⁵. @param {number | null | undefined} value @param {number} [digits] */
export function plain(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-3 || size >= 1e6) {
    const [mantissa, exponent] = value.toExponential(digits - 2).split("e");
    return `${mantissa.replace("-", "−")}·10${raised(Number(exponent))}`;
  }
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(decimals).replace("-", "−");
}

/** Always with a sign, of a fixed width. @param {number} value @param {number} [digits] */
export function signed(value, digits = 3) {
  const text = plain(value, digits);
  return value >= 0 ? `+${text}` : text;
}

/** A learning rate: up to three digits, no useless zeros. @param {number} value */
export function rate(value) {
  return value >= 0.001 ? String(Number(value.toPrecision(3))) : plain(value, 3);
}

/** 12,345. @param {number} value */
export function whole(value) {
  return value.toLocaleString("en-GB");
}

/** A power of ten on an axis: 10⁻³, and 0.1, 1, 10 as they are. @param {number} exponent */
export function power(exponent) {
  return exponent >= -1 && exponent <= 1 ? String(10 ** exponent) : `10${raised(exponent)}`;
}
