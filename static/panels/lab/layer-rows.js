// What instruments with a row for each layer share: the layer's name in its colour, and its flat units in words.

import {html} from "htm/preact";
import {layerColour} from "../../draw/colour.js";

/** @param {Palette} palette @param {number} layer from 1 @param {number} layers */
export function colourOf(palette, layer, layers) {
  return layerColour([0, 1, 2, 3, 4].map((index) => palette[`layer-${index}`]), layer, layers);
}

/** The output on top, as the error comes down from there. @template {{layer: number}} T @param {T[]} layers */
export const fromTheOutput = (layers) => layers.toSorted((a, b) => b.layer - a.layer);

/** @param {{layer: number, layers: number, palette: Palette}} props */
export function LayerName({layer, layers, palette}) {
  return html`<th scope="row"><i class="swatch" style=${{background: colourOf(palette, layer, layers)}}></i>${layer === layers ? "out" : layer}</th>`;
}

/** Rows are as high as there is room for. @param {number} layers */
export const rowHeight = (layers) => (layers <= 7 ? 38 : layers <= 12 ? 26 : 19);

/** "33 % =" and, below it, "17 % ×". @param {{row: FlatUnits}} props */
export function Flat({row: {units, saturated, dead}}) {
  const words = `${saturated.length} saturated, ${dead.length} dead of ${units} units`;
  const parts = [saturated.length && `${share(saturated.length, units)} =`, dead.length && `${share(dead.length, units)} ×`].filter(Boolean);
  return html`<td class="flat" data-saturated=${saturated.length} data-dead=${dead.length} title=${words}>
    <span class="hidden">${words}</span>${(parts.length ? parts : ["0 %"]).map((part) => html`<span class="part" aria-hidden="true">${part}</span>`)}</td>`;
}

/** @param {number} part @param {number} of */
const share = (part, of) => `${Math.round((100 * part) / of)} %`;
