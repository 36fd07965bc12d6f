// Colours for canvases: mixing, diverging maps, the ramp of the layers. Pure.

/** "#rrggbb" to [r, g, b]. @param {string} hex @returns {[number, number, number]} */
export function rgb(hex) {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** @param {string} from @param {string} to @param {number} share */
export function mix(from, to, share) {
  const a = rgb(from), b = rgb(to);
  return `rgb(${a.map((channel, index) => Math.round(channel + (b[index] - channel) * share)).join(" ")})`;
}

/** 255 steps from minus over zero to plus, as the bytes of an image; before them nothing, for what is no number. @param {string} minus @param {string} zero @param {string} plus */
export function divergingTable(minus, zero, plus) {
  const [m, z, p] = [rgb(minus), rgb(zero), rgb(plus)], table = new Uint8ClampedArray(256 * 4);
  for (let step = 1; step < 256; step++) {
    const value = (step - 128) / 127, end = value < 0 ? m : p, share = Math.abs(value) ** 0.8;
    for (let channel = 0; channel < 3; channel++) table[4 * step + channel] = z[channel] + (end[channel] - z[channel]) * share;
    table[4 * step + 3] = 255;
  }
  return table;
}

/** Answers of several classes: 1 + class · levels + how sure, and 0 for none; from the neutral colour to the class's own. @param {string[]} classes @param {string} neutral */
export function classTable(classes, neutral) {
  const levels = Math.floor(255 / classes.length), from = rgb(neutral), table = new Uint8ClampedArray(256 * 4);
  for (let step = 1; step < 256; step++) {
    const level = step - 1, to = rgb(classes[Math.min(classes.length - 1, Math.floor(level / levels))]), sure = 0.25 + (0.75 * (level % levels)) / (levels - 1);
    for (let channel = 0; channel < 3; channel++) table[4 * step + channel] = from[channel] + (to[channel] - from[channel]) * sure;
    table[4 * step + 3] = 255;
  }
  return table;
}

/** "rgb(1 2 3)" as "#010203". @param {string} colour */
const hex = (colour) => "#" + (colour.match(/\d+/g) ?? []).map((channel) => Number(channel).toString(16).padStart(2, "0")).join("");

/** The colours of a belief's bytes: of two classes or a value, diverging; of more classes, each its own. @param {number} classes @param {Palette} palette */
export function beliefTable(classes, palette) {
  const soft = (/** @type {string} */ name) => hex(mix(palette["value-zero"], palette[name], 0.86));
  if (classes > 2) return classTable(Array.from({length: classes}, (_, index) => soft(`class-${index}`)), palette["value-zero"]);
  return divergingTable(soft("value-minus"), palette["value-zero"], soft("value-plus"));
}

/** The colour of a layer among so many: five stops from the input to the output. @param {string[]} stops @param {number} layer from 1 @param {number} layers */
export function layerColour(stops, layer, layers) {
  const place = layers < 2 ? 1 : (layer - 1) / (layers - 1), at = place * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(at));
  return mix(stops[index], stops[index + 1], at - index);
}
