// The network: units, connections, and the wave that runs through them.
//
// Edges by weight, edges by gradient and the units are three pictures, made when their data change. While a wave
// moves only these are put together, cut where the wave is, with the pulses on top.

import {cleared, fillingCanvas, fit} from "../draw/canvas.js";
import {TITLES, layoutNetwork, shapeOf} from "../model/layout.js";
import {eased, waveAt} from "../model/wave.js";
import {byGradient, byWeight, drawEdges, gradientStrength, visibleEdges, weightStrength} from "./edges.js";
import {drawWave} from "./flight.js";
import {drawLossMark, drawNudge, drawSelection} from "./selection.js";
import {drawUnitMarks, flatUnits} from "./unit-marks.js";
import {drawUnits} from "./units.js";

/** @typedef {import("../model/layout.js").Column} Column */
/** @typedef {import("./edges.js").Edge} Edge */

/**
 * Everything that the pictures need, as it is at this moment.
 * @typedef {{state: State, run: Run, columns: Column[], edges: Edge[], pixel: number}} Scene
 */

/** The pictures: what each is made from, and how. */
const PICTURES = {
  weights: {
    from: (/** @type {State} */ {parameters, palette}) => [parameters, palette],
    paint: (/** @type {CanvasRenderingContext2D} */ context, /** @type {Scene} */ {state: {palette}, columns, edges, pixel}) =>
      drawEdges(context, edges, columns, byWeight, weightStrength, palette["value-minus"], palette["value-plus"], pixel),
  },
  gradients: {
    from: (/** @type {State} */ {parameters, palette}) => [parameters, palette],
    paint: (/** @type {CanvasRenderingContext2D} */ context, /** @type {Scene} */ {state: {palette}, columns, edges, pixel}) =>
      drawEdges(context, edges, columns, byGradient, gradientStrength, palette["gradient-minus"], palette["gradient-plus"], pixel),
  },
  units: {
    from: (/** @type {State} */ state) => [state.response, state.palette, state.run?.input_maps.length === 0 ? state.pulse : null, flatUnits(state)],
    paint: (/** @type {CanvasRenderingContext2D} */ context, /** @type {Scene} */ {state, run, columns}) => {
      drawUnits(context, state, run, columns);
      drawUnitMarks(context, state, columns);
    },
  },
};
const NAMES = /** @type {(keyof typeof PICTURES)[]} */ (Object.keys(PICTURES));

/** @param {HTMLElement} root @param {number} [top] space kept free above the units @returns {View} */
export function networkView(root, top = TITLES) {
  const canvas = fillingCanvas(root, "The network: units and connections, with the wave of this training step");
  const pictures = NAMES.map((name) => ({
    name, ...PICTURES[name], canvas: document.createElement("canvas"), made: /** @type {unknown[]} */ ([]),
  }));
  /** @type {Column[]} */
  let columns = [];
  /** @type {Edge[]} */
  let edges = [];
  /** @type {[Run | null, ParameterFrame | null]} what columns and edges were made from */
  let laidOut = [null, null];
  let still = false;
  /** @type {unknown[]} what is inspected and nudged, as it was drawn */
  let marked = [];

  /** Columns and edges; true when the pictures are of another network, or of another size. @param {State} state @param {Run} run */
  function layOut({parameters}, run) {
    const another = fit(canvas, root) || run !== laidOut[0];
    if (another) {
      columns = layoutNetwork({
        ...shapeOf(run), width: root.clientWidth, height: root.clientHeight, top,
      });
      for (const picture of pictures) fit(picture.canvas, root);
    }
    if (another || parameters !== laidOut[1]) edges = parameters ? visibleEdges(parameters, run.layers, columns) : [];
    laidOut = [run, parameters];
    return another;
  }

  /**
   * Makes pictures anew whose data have changed: one, so that no frame is long, or all when the network is another.
   * The gradients' is made when a wave needs it.
   * @param {State} state @param {Run} run @param {boolean} all @param {boolean} waving
   * @returns {{painted: number, waiting: boolean}}
   */
  function paint(state, run, all, waving) {
    const stale = pictures.filter(({name, from, made}) =>
      (all || from(state).some((value, index) => value !== made[index])) && (waving || name !== "gradients"));
    const now = all ? stale : stale.slice(0, 1);
    for (const picture of now) {
      picture.made = picture.from(state);
      picture.paint(cleared(picture.canvas, root), {state, run, columns, edges, pixel: root.clientWidth / canvas.width});
    }
    if (all && !waving) pictures[NAMES.indexOf("gradients")].made = [];
    return {painted: now.length, waiting: stale.length > now.length};
  }

  return {
    reads: ["run", "pulse", "parameters", "response", "palette", "reducedMotion", "lab", "selection", "nudge", "answers"],
    draw(state, now) {
      const {run, palette} = state;
      if (!run || !root.clientWidth) return false;
      const wave = waveAt(state.pulse, run.layers.length - 1, now, state.reducedMotion), waving = wave.pass !== "none";
      const {painted, waiting} = paint(state, run, layOut(state, run), waving);
      const marks = [state.selection, state.nudge, state.answers.nudge], before = marked;
      marked = marks;
      if (!painted && still && !waving && marks.every((mark, index) => mark === before[index])) return false;
      still = !waving;
      const context = cleared(canvas, root), {clientWidth: width, clientHeight: height} = root;
      const put = (/** @type {keyof typeof PICTURES} */ name) =>
        context.drawImage(pictures[NAMES.indexOf(name)].canvas, 0, 0, width, height);
      if (wave.pass === "backward") {
        const front = frontOf(wave, columns);
        clipped(context, 0, front, height, () => put("weights"));
        clipped(context, front, width, height, () => put("gradients"));
      } else {
        put("weights");
        if (wave.pass === "update" && wave.progress < 1) {
          context.globalAlpha = 1 - eased(wave.progress);
          put("gradients");
          context.globalAlpha = 1;
        }
      }
      put("units");
      const drawing = {state, columns, edges, units: pictures[NAMES.indexOf("units")].canvas, width, height};
      if (state.selection) drawSelection(context, drawing, state.selection, wave.pass === "backward");
      if (wave.pass !== "loss") drawLossMark(context, drawing, state.selection?.kind === "loss");
      if (state.pulse && waving) drawWave(context, state.pulse, wave, columns, edges, palette, {width, height});
      if (state.selection) drawNudge(context, drawing, state.selection);
      return wave.moving || waiting;
    },
  };
}

/** @param {CanvasRenderingContext2D} context @param {number} left @param {number} right @param {number} height @param {() => void} draw */
function clipped(context, left, right, height, draw) {
  context.save();
  context.beginPath();
  context.rect(left, 0, right - left, height);
  context.clip();
  draw();
  context.restore();
}

/** The x at which the backward wave is. @param {Wave} wave @param {Column[]} columns */
function frontOf(wave, columns) {
  const from = columns[wave.layer], to = columns[wave.layer - 1];
  return from.x + (to.x - from.x) * eased(wave.progress);
}
