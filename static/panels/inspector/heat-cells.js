// A vector or a small matrix as a picture: a cell for each number, by sign and size; its number under the pointer.

import {html} from "htm/preact";
import {mix} from "../../draw/colour.js";
import {plain} from "../../model/numbers.js";

/** A cell's side and the gap to the next, and what a weaker one of the same sign is shown as. */
const CELL = 12, GAP = 1, ROOT = 0.7;

/**
 * @param {{stage: import("../stage.js").Stage, label: string, rows: (number | null)[][], of: [number, number], family: "value" | "gradient"}} props
 * of: rows and columns of the whole, of which `rows` may be a corner
 */
export function HeatCells({stage, label, rows, of: [high, wide], family}) {
  const palette = stage.signal("palette").value, across = rows[0]?.length ?? 0, sizes = rows.flat().map((value) => Math.abs(value ?? 0));
  const most = Math.max(...sizes) || 1, corner = rows.length < high || across < wide;
  const words = `${label}${corner ? `, the first ${rows.length > 1 ? `${rows.length} × ` : ""}${across} of ${high > 1 ? `${high} × ` : ""}${wide}` : ""}: sizes up to ${plain(Math.max(...sizes))}`;
  return html`<span class="heat"><span class="heat-name">${label}${corner && html` <span class="corner">${across} of ${wide}</span>`}</span>
    <svg role="img" aria-label=${words} width=${across * CELL} height=${rows.length * CELL} viewBox="0 0 ${across * CELL} ${rows.length * CELL}">
      ${rows.map((row, y) => row.map((value, x) => html`<rect x=${x * CELL} y=${y * CELL} width=${CELL - GAP} height=${CELL - GAP} rx="2" data-value=${value}
        fill=${value === null ? palette.critical : mix(palette.panel, palette[`${family}-${value < 0 ? "minus" : "plus"}`], (Math.abs(value) / most) ** ROOT)}>
        <title>${rows.length > 1 ? `${y + 1} → ${x + 1}` : x + 1}: ${plain(value)}</title></rect>
        ${value !== null && value < 0 && html`<path d=${`M${x * CELL + 3} ${y * CELL + 5.5}h5`} class="minus" />`}`))}
    </svg></span>`;
}
