// What is being inspected: a unit, a weight, a bias, a layer, an input or the loss. Layers count from 1, units from 0.

/** What says which one, for each kind; the rest is 0. @type {Record<Place["kind"], ("layer" | "unit" | "source")[]>} */
const NUMBERS = {unit: ["layer", "unit"], weight: ["layer", "unit", "source"], bias: ["layer", "unit"], layer: ["layer"], input: ["unit"], loss: []};

/** @param {Place["kind"]} kind @param {Partial<Place>} [numbers] @returns {Place} */
export function selected(kind, numbers = {}) {
  const kept = Object.fromEntries(NUMBERS[kind].map((name) => [name, numbers[name] ?? 0]));
  return {kind, layer: 0, unit: 0, source: 0, ...kept};
}

/** A unit of any layer: of layer 0 that is an input, beyond the last one the loss. @param {number} layer @param {number} unit @param {number} last */
export function unitAt(layer, unit, last) {
  return layer > last ? selected("loss") : layer === 0 ? selected("input", {unit}) : selected("unit", {layer, unit});
}

/** The place that stands for a whole layer; of the inputs and the loss, what stands there first. @param {number} layer @param {number} last */
export function layerAt(layer, last) {
  return layer > 0 && layer <= last ? selected("layer", {layer}) : unitAt(layer, 0, last);
}

/** As the wire has it: only what the kind has a use for. @param {Place} selection @returns {Record<string, unknown>} */
export function asked(selection) {
  return {kind: selection.kind, ...Object.fromEntries(NUMBERS[selection.kind].map((name) => [name, selection[name]]))};
}

/** @param {Place | null | undefined} one @param {Place | null | undefined} other */
export function same(one, other) {
  return Boolean(one && other) && ["kind", "layer", "unit", "source"].every((name) =>
    /** @type {any} */ (one)[name] === /** @type {any} */ (other)[name]);
}

/** A place as another browser tells of it, whatever it says: null where nothing is called so. @param {Place} told */
export const placeOf = (told) => (Object.hasOwn(NUMBERS, told.kind) ? selected(told.kind, told) : null);

/** Whether a network has it. @param {Place} selection @param {number[]} layers */
export function fits({kind, layer, unit, source}, layers) {
  return layer >= Number(NUMBERS[kind].includes("layer")) && layer < layers.length && unit < layers[layer] && (kind !== "weight" || source < layers[layer - 1]);
}

/** Of a unit, its bias is the number that can be checked and nudged. @param {Place} selection */
export function numberOf(selection) {
  return selection.kind === "unit" ? selected("bias", selection) : selection;
}

/** @param {Place} selection */
export function nameOf({kind, layer, unit, source}) {
  switch (kind) {
    case "unit": return `Layer ${layer}, unit ${unit + 1}`;
    case "bias": return `Layer ${layer}, bias of unit ${unit + 1}`;
    case "weight": return `Layer ${layer}, weight ${source + 1} → ${unit + 1}`;
    case "layer": return `Layer ${layer}`;
    case "input": return `Input ${unit + 1}`;
    default: return "Loss";
  }
}

/** Whether a unit takes part in what is inspected. @param {Place} selection @param {number} layer @param {number} unit @param {number} last layer */
export function takesPart(selection, layer, unit, last) {
  switch (selection.kind) {
    case "unit": return layer === selection.layer ? unit === selection.unit : Math.abs(layer - selection.layer) === 1;
    case "weight": return (layer === selection.layer && unit === selection.unit) || (layer === selection.layer - 1 && unit === selection.source);
    case "bias": return layer === selection.layer && unit === selection.unit;
    case "layer": return layer === selection.layer || layer === selection.layer - 1;
    case "input": return layer === 1 || (layer === 0 && unit === selection.unit);
    default: return layer === last;
  }
}

/** The same of a connection. @param {Place} selection @param {{layer: number, from: number, to: number}} edge */
export function connects({kind, layer, unit, source}, edge) {
  const into = edge.layer === layer && edge.to === unit;
  if (kind === "layer") return edge.layer === layer;
  if (kind === "weight") return into && edge.from === source;
  const out = edge.layer === layer + 1 && edge.from === unit;
  return kind === "unit" ? into || out : kind === "input" && out;
}
