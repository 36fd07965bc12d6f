// What the network believes: the plane with its data, the fitted curve, or how often each class was taken for each.
// Where there is no finite answer the picture is hatched and says so.

import {cleared, fillingCanvas, fit} from "../draw/canvas.js";
import {beliefTable, mix} from "../draw/colour.js";
import {hatch} from "../draw/hatch.js";
import {diamond, triangle} from "../draw/shapes.js";
import {heatImage} from "../draw/heat.js";
import {gapsInWords, unanswered} from "../model/unanswered.js";
import {NO_PHASE} from "../wire/protocol.js";

const LABEL = "What the network believes, with the samples on it";
/** How far from 0 a fitted curve's picture reaches. */
const SPAN = 1.6;
/** How far from 0 values predicted and true reach in theirs. */
const REACH = 1.25;

/** @param {HTMLElement} root @returns {View} */
export function outputView(root) {
  const canvas = fillingCanvas(root, LABEL);
  /** What the picture was made from. @type {unknown[]} */
  let made = [];
  return {
    reads: ["run", "data", "belief", "palette", "pulse"],
    draw(state) {
      const {run, data, belief, palette} = state;
      if (!run || !root.clientWidth) return;
      const wanted = [run, data, belief, palette, onShow(state)];
      if (!fit(canvas, root) && wanted.every((value, index) => value === made[index])) return;
      made = wanted;
      const context = cleared(canvas, root), missing = missingIn(run, belief), label = missing ? `${LABEL}; ${missing}` : LABEL;
      if (canvas.getAttribute("aria-label") !== label) canvas.setAttribute("aria-label", label);
      if (run.grid.kind === "plane") plane(context, state, run, root);
      else if (run.grid.kind === "line") line(context, state, run, root);
      else if (run.grid.kind === "values") values(context, state, run, root);
      else confusion(context, state, run, root);
      if (missing) caption(context, missing, root, palette);
    },
  };
}

/** What cannot be seen in the picture, in words; "" when there is nothing. @param {Run} run @param {Belief | null} belief */
function missingIn(run, belief) {
  const gaps = unanswered(run, belief);
  const samples = run.grid.kind === "none" || run.grid.kind === "values";
  if (gaps.count || !belief?.curve) return gapsInWords(gaps, samples ? "test samples" : "");
  return belief.curve.every((y) => Math.abs(y) > (samples ? REACH : SPAN)) ? "every answer is outside the picture" : "";
}

/** Words on a plate, in the middle of the picture. @param {CanvasRenderingContext2D} context @param {string} words @param {HTMLElement} root @param {Palette} palette */
function caption(context, words, {clientWidth: width, clientHeight: height}, palette) {
  const said = words[0].toUpperCase() + words.slice(1);
  context.font = `600 13px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const room = Math.min(width, context.measureText(said).width + 20);
  context.fillStyle = palette.panel;
  context.strokeStyle = palette.critical;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect((width - room) / 2, height / 2 - 14, room, 28, 8);
  context.fill();
  context.stroke();
  context.fillStyle = palette.critical;
  context.fillText(said, width / 2, height / 2, width - 12);
}

/** The pulse whose sample is marked: only where steps are shown one by one; else the mark would only flicker. @param {State} state */
const onShow = ({pulse}) => (pulse && pulse.phase !== NO_PHASE ? pulse : null);

/** @param {HTMLElement} root */
function square(root) {
  const side = Math.min(root.clientWidth, root.clientHeight);
  return {left: (root.clientWidth - side) / 2, top: (root.clientHeight - side) / 2, side};
}

/** @param {CanvasRenderingContext2D} context @param {State} state @param {Run} run @param {HTMLElement} root */
function plane(context, state, run, root) {
  const {palette, belief, data} = state, pulse = onShow(state), {left, top, side} = square(root), [low, high] = run.grid.bounds;
  if (belief?.plane) {
    const table = beliefTable(run.n_classes, palette);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.save();
    context.beginPath();
    context.roundRect(left, top, side, side, 8);
    context.clip();
    if (belief.plane.includes(0)) hatch(context, left, top, side, side, palette);
    context.drawImage(heatImage(belief.plane, run.grid.belief[0], run.grid.belief[1], table), left, top, side, side);
    context.restore();
  }
  const at = (/** @type {number} */ value) => ((value - low) / (high - low)) * side;
  data?.x.forEach(([x1, x2], index) => {
    const {colour, shape} = lookOf(run, data.y[index], palette);
    dot(context, left + at(x1), top + side - at(x2), shape, colour, data.test[index], palette);
  });
  const point = pulse && pointOf(run, pulse);
  if (point) {
    ring(context, left + at(point[0]), top + side - at(point[1]), palette);
  }
}

/** How a sample of a plane looks: its class's colour and shape, or its value's colour. @param {Run} run @param {number} y @param {Palette} palette */
function lookOf(run, y, palette) {
  if (run.n_classes > 2) return {colour: palette[`class-${y}`], shape: y};
  if (run.task === "classification") return {colour: palette[y === 1 ? "value-plus" : "value-minus"], shape: y === 1 ? 1 : 0};
  const [low, high] = run.target_range, value = Math.max(-1, Math.min(1, (2 * (y - low)) / (high - low) - 1));
  return {colour: mix(palette["value-zero"], palette[value < 0 ? "value-minus" : "value-plus"], Math.abs(value)), shape: value < 0 ? 0 : 1};
}

/** Where in the plane the sample on show lies, if its inputs tell: x₁ and x₂ among them. @param {Run} run @param {Pulse} pulse @returns {[number, number] | null} */
function pointOf({features, standardised}, pulse) {
  const places = [features.indexOf("x1"), features.indexOf("x2")];
  if (places.includes(-1)) return null;
  const [x1, x2] = places.map((place) => (standardised ? pulse.x[place] * standardised.deviation[place] + standardised.mean[place] : pulse.x[place]));
  return [x1, x2];
}

/** Around the sample on show. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {Palette} palette */
function ring(context, x, y, palette) {
  context.strokeStyle = palette.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 8, 0, 7);
  context.stroke();
}

/** Classes 0, 1, 2, 3 are a square, a disc, a triangle, a diamond; test samples are hollow. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} shape @param {string} colour @param {boolean} test @param {Palette} palette */
function dot(context, x, y, shape, colour, test, palette) {
  const size = 3.6;
  context.beginPath();
  if (shape === 1) context.arc(x, y, size, 0, 7);
  else if (shape === 2) triangle(context, x, y, size + 0.8);
  else if (shape === 3) diamond(context, x, y, size + 1);
  else context.rect(x - size + 0.4, y - size + 0.4, 2 * size - 0.8, 2 * size - 0.8);
  context.fillStyle = test ? palette.panel : colour;
  context.strokeStyle = test ? colour : palette.panel;
  context.lineWidth = test ? 1.6 : 1;
  context.fill();
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {State} state @param {Run} run @param {HTMLElement} root */
function line(context, state, run, root) {
  const {palette, belief, data} = state, pulse = onShow(state), {clientWidth: width, clientHeight: height} = root;
  const [low, high] = run.grid.bounds;
  const px = (/** @type {number} */ x) => ((x - low) / (high - low)) * width;
  // Twice its height: what is beyond leaves the picture, and a canvas can still draw it.
  const py = (/** @type {number} */ y) => height / 2 - (Math.max(-2 * SPAN, Math.min(2 * SPAN, y)) / SPAN) * (height / 2 - 6);
  const cell = belief?.curve ? (high - low) / belief.curve.length : 0;
  belief?.curve?.forEach((y, index) => {
    if (!Number.isFinite(y)) hatch(context, px(low + index * cell), 0, px(low + (index + 1) * cell) - px(low + index * cell), height, palette);
  });
  context.strokeStyle = palette.grid;
  for (const y of [-1, 0, 1]) {
    context.beginPath();
    context.moveTo(0, py(y));
    context.lineTo(width, py(y));
    context.stroke();
  }
  data?.x.forEach(([x], index) => {
    const {colour, shape} = run.task === "regression" ? {colour: palette["value-plus"], shape: 1} : lookOf(run, data.y[index], palette);
    dot(context, px(x), py(data.y[index]), shape, colour, data.test[index], palette);
  });
  if (belief?.curve) {
    context.strokeStyle = palette.ink;
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.beginPath();
    let drawing = false;
    belief.curve.forEach((y, index) => {
      const finite = Number.isFinite(y), x = px(low + (index + 0.5) * cell);
      if (finite && drawing) context.lineTo(x, py(y));
      else if (finite) context.moveTo(x, py(y));
      drawing = finite;
    });
    context.stroke();
  }
  if (pulse && Number.isFinite(pulse.target[0])) {
    ring(context, px(pulse.x[0]), py(pulse.target[0]), palette);
  }
}

/** Each test sample at its true value and the answer to it: what is right lies on the diagonal. @param {CanvasRenderingContext2D} context @param {State} state @param {Run} run @param {HTMLElement} root */
function values(context, state, run, root) {
  const {palette, belief, data} = state, pulse = onShow(state), {left, top, side} = square(root);
  const at = (/** @type {number} */ value) => ((value / REACH + 1) / 2) * side;
  const predicted = run.own?.columns[run.own.columns.length - 1];
  context.save();
  context.beginPath();
  context.rect(left, top, side, side);
  context.clip();
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  for (const value of [-1, 0, 1]) {
    context.beginPath();
    context.moveTo(left + at(value), top);
    context.lineTo(left + at(value), top + side);
    context.moveTo(left, top + side - at(value));
    context.lineTo(left + side, top + side - at(value));
    context.stroke();
  }
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(left, top + side);
  context.lineTo(left + side, top);
  context.stroke();
  belief?.curve?.forEach((answer, index) => {
    if (data && Number.isFinite(answer)) dot(context, left + at(data.y[index]), top + side - at(Math.max(-9, Math.min(9, answer))), 1, palette["value-plus"], true, palette);
  });
  const answer = pulse?.a.at(-1)?.[0] ?? NaN;
  if (pulse && Number.isFinite(answer)) {
    ring(context, left + at(pulse.target[0]), top + side - at(Math.max(-9, Math.min(9, answer))), palette);
  }
  context.restore();
  if (!predicted) return;
  context.font = `11px ${palette.font}`;
  context.fillStyle = palette["ink-soft"];
  context.textBaseline = "bottom";
  for (const [value, text] of /** @type {[number, number][]} */ ([[-1, predicted.low], [1, predicted.high]])) {
    context.textAlign = "center";
    context.fillText(String(text).replace("-", "−"), left + Math.max(18, Math.min(side - 22, at(value))), top + side - 2);
  }
}

/** @param {CanvasRenderingContext2D} context @param {State} state @param {Run} run @param {HTMLElement} root */
function confusion(context, state, run, root) {
  const {palette, belief} = state, {left, top, side} = square(root), classes = run.n_classes;
  if (!belief?.confusion || !classes) return;
  context.font = `12px ${palette.font}`;
  const widest = Math.max(...run.labels.map((label) => context.measureText(label).width));
  const margin = Math.min(side / 3, Math.max(22, widest + 8)), below = 22, cell = (side - margin) / classes;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let truth = 0; truth < classes; truth++) {
    const row = belief.confusion.subarray(truth * (classes + 1), truth * (classes + 1) + classes);
    const total = Math.max(1, row.reduce((sum, count) => sum + count, 0)), y = top + truth * cell + (margin - below) / 2;
    row.forEach((count, answer) => {
      const x = left + margin + answer * cell, end = palette[truth === answer ? "value-plus" : "value-minus"];
      context.fillStyle = mix(palette.sunk, end, Math.min(1, (count / total) * (truth === answer ? 0.85 : 2.2)));
      context.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
      context.fillStyle = palette.ink;
      context.font = `${Math.max(11, Math.min(13, cell * 0.42))}px ${palette.font}`;
      if (count) context.fillText(String(count), x + cell / 2, y + cell / 2);
    });
    context.font = `12px ${palette.font}`;
    context.fillStyle = palette["ink-soft"];
    context.fillText(fitted(context, run.labels[truth], margin - 4), left + margin / 2, y + cell / 2);
    context.fillText(fitted(context, run.labels[truth], cell - 4), left + margin + (truth + 0.5) * cell, top + (margin - below) / 2 + classes * cell + below / 2);
  }
}

/** As much of a label as there is room for. @param {CanvasRenderingContext2D} context @param {string} label @param {number} room */
function fitted(context, label, room) {
  if (context.measureText(label).width <= room) return label;
  let length = label.length - 1;
  while (length > 1 && context.measureText(`${label.slice(0, length)}…`).width > room) length--;
  return `${label.slice(0, length)}…`;
}
