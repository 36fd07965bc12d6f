// Pointing at the network: with a pointer at whatever is drawn, with the keyboard from unit to unit.

import {html} from "htm/preact";
import {useLayoutEffect, useRef, useState} from "preact/hooks";
import {TITLES, layoutNetwork, lossPlace, shapeOf} from "../../model/layout.js";
import {layerAt, nameOf, same, unitAt} from "../../model/place.js";
import {visibleEdges} from "../../views/edges.js";
import {pick} from "../../views/picking.js";

/** @typedef {import("../../model/layout.js").Column} Column */

/** Pixels beside a connection that still mean it: a finger is broader than a pointer. */
const REACH = 5, FINGER = 12;
/** Arrow keys: layers and units further. @type {Record<string, [number, number]>} */
const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

/** @param {{stage: import("../stage.js").Stage}} props */
export function Picker({stage}) {
  const run = stage.signal("run").value, selection = stage.signal("selection").value;
  const root = useRef(/** @type {HTMLElement | null} */ (null)), [[width, height], setSize] = useState([0, 0]);
  // A unit before the first is the layer as a whole, at its heading.
  const [place, setPlace] = useState({layer: 1, unit: 0}), [said, say] = useState("");
  useLayoutEffect(() => {
    const element = /** @type {HTMLElement} */ (root.current);
    const watcher = new ResizeObserver(() => setSize([element.clientWidth, element.clientHeight]));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  if (!run || !width) return html`<div class="picker" ref=${root}></div>`;
  const last = run.layers.length - 1, columns = layoutNetwork({...shapeOf(run), width, height, top: TITLES});
  const layer = Math.min(place.layer, last + 1), unit = layer > last ? 0 : Math.min(place.unit, run.layers[layer] - 1);
  const at = (/** @type {{layer: number, unit: number}} */ of) => (of.unit < 0 ? layerAt(of.layer, last) : unitAt(of.layer, of.unit, last));
  const here = at({layer, unit}), whole = here.kind === "layer", [x, middle] = whole ? [columns[layer].x, 0] : middleOf(columns, layer, Math.max(0, unit), height);
  const size = Math.max(24, columns[Math.min(layer, last)].size + 8);
  // The controls of the layers stand right above the first units: neither may cover the other.
  const y = whole ? size / 2 : Math.max(middle, TITLES + size / 2);

  /** @param {MouseEvent} event */
  function point(event) {
    const box = /** @type {HTMLElement} */ (root.current).getBoundingClientRect(), parameters = stage.signal("parameters").peek();
    const edges = parameters ? visibleEdges(parameters, /** @type {Run} */ (run).layers, columns) : [];
    const reach = /** @type {PointerEvent} */ (event).pointerType === "touch" ? FINGER : REACH;
    const found = pick(event.clientX - box.left, event.clientY - box.top, columns, edges, height, reach);
    stage.select(same(found, selection) ? null : found);
    if (found) setPlace({layer: found.kind === "loss" ? last + 1 : found.layer, unit: found.kind === "layer" ? -1 : found.unit});
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(arrow || event.key === "Escape")) return;
    event.preventDefault();
    if (!arrow) {
      stage.select(null);
      return;
    }
    const to = Math.min(last + 1, Math.max(0, layer + arrow[0])), units = to > last ? 1 : /** @type {Run} */ (run).layers[to];
    const next = {layer: to, unit: Math.min(units - 1, Math.max(to > 0 && to <= last ? -1 : 0, unit + arrow[1]))};
    setPlace(next);
    say(nameOf(at(next)));
  }

  return html`<div class="picker" ref=${root} role="application" aria-label="Units of the network" onClick=${point}>
    <button aria-label=${nameOf(here)} aria-pressed=${same(here, selection)} aria-describedby="picker-help" title="Arrow keys: another unit, or above the first one the layer. Enter: inspect it."
      style=${{left: `${x}px`, top: `${y}px`, "--size": `${size}px`}} onKeyDown=${press}
      onClick=${(/** @type {Event} */ event) => { event.stopPropagation(); stage.select(same(here, selection) ? null : here); }}></button>
    <span class="hidden" id="picker-help">Arrow keys go from unit to unit, above the first one to the whole layer; Enter inspects it.</span>
    <span class="hidden" aria-live="polite">${said}</span>
  </div>`;
}

/** Of a unit that is not drawn: where the three dots are. @param {Column[]} columns @param {number} layer @param {number} unit @param {number} height @returns {[number, number]} */
function middleOf(columns, layer, unit, height) {
  const column = columns[layer];
  if (!column) {
    const {x, y} = lossPlace(columns, height);
    return [x, y];
  }
  return unit < column.shown ? [column.xs[unit], column.y[unit]] : [column.x, column.ellipsis ?? column.y[column.shown - 1]];
}
