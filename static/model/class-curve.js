// The class curve: a setting of every student's run against the loss that it reached. Pure.

import {diverged, nameOf, reached} from "./board.js";
import {labelOf} from "./choices.js";
import {middles} from "./median.js";

/** Decades that the axis of rates spans at least. */
const DECADES = 3;
/** The decade in which rates end. */
const HIGHEST = 1;
/** What a loss of exactly zero is drawn at: a logarithm knows no zero. */
const SMALLEST = 1e-9;

/** Settings other than the learning rate that the curve can be drawn across; `values` are a card's, `field` has their names. @type {Record<string, {label: string, field: string | null, value: (settings: CardSettings) => number | string}>} */
const SETTINGS = {
  depth: {label: "depth", field: null, value: ({depth}) => depth},
  width: {label: "width", field: null, value: ({width}) => width},
  activation: {label: "activation", field: "activation", value: ({activation}) => (typeof activation === "string" ? activation : "mixed")},
  initialiser: {label: "initialiser", field: "initialiser", value: ({initialiser}) => initialiser},
  optimiser: {label: "optimiser", field: "optimiser", value: ({optimiser}) => optimiser},
  batch_size: {label: "batch size", field: null, value: (settings) => settings.batch_size},
};

/** What the curve can be drawn across, by name. @type {Record<string, string>} */
export const ACROSS = {
  learning_rate: "learning rate",
  ...Object.fromEntries(Object.entries(SETTINGS).map(([name, {label}]) => [name, label])),
};

/** What stands on the horizontal axis. @param {string} across */
export const axisOf = (across) => (across === "learning_rate" ? "learning rate η" : SETTINGS[across].label);

/** @param {Card[]} cards @param {string} across a name in ACROSS @param {Record<string, Field>} fields @returns {ClassPlot} */
export function classPlot(cards, across, fields) {
  return across === "learning_rate" ? overRates(cards) : overValues(cards, SETTINGS[across], fields);
}

/** @param {Card} card @param {number} x @returns {ClassPoint} */
function pointOf(card, x) {
  const loss = reached(card), best = card.best_loss;
  return {
    member: card.member, name: nameOf(card), label: card.name || String(card.member), x,
    loss: loss === null ? null : Math.max(SMALLEST, loss), best: best === null ? null : Math.max(SMALLEST, best),
  };
}

/** Cards of which there is something to draw: a loss, or that it ran away. @param {Card} card */
const tells = (card) => diverged(card) || reached(card) !== null;

/** @param {Card[]} cards @returns {ClassPlot} */
function overRates(cards) {
  const points = cards.filter(tells).map((card) => pointOf(card, card.learning_rate));
  return {points, rates: decadesAround(points.map(({x}) => x)), columns: [], losses: lossesOf(points)};
}

/** @param {Card[]} cards @param {typeof SETTINGS[string]} setting @param {Record<string, Field>} fields @returns {ClassPlot} */
function overValues(cards, {field, value}, fields) {
  const told = cards.filter(tells), choices = (field && fields[field]?.choices) || [];
  const place = (/** @type {number | string} */ one) => (typeof one === "number" ? one : choices.findIndex(({name}) => name === one) >>> 0);
  const values = [...new Set(told.map(({settings}) => value(settings)))].sort((one, other) => place(one) - place(other));
  const points = told.map((card) => pointOf(card, values.indexOf(value(card.settings))));
  const columns = values.map((one, index) => {
    const losses = points.filter(({x}) => x === index).map(({loss}) => loss);
    return {text: labelOf({choices}, one), median: medianOf(losses)};
  });
  return {points, rates: null, columns, losses: lossesOf(points)};
}

/** The median loss, where a diverged run counts as more than any number: null when that is what stands in the middle. @param {(number | null)[]} losses */
export function medianOf(losses) {
  const [lower, upper] = middles(losses.map((loss) => loss ?? Infinity)), middle = (lower + upper) / 2;
  return Number.isFinite(middle) ? middle : null;
}

/** Whole decades around some rates, at least three of them: higher ones as far as rates go, then lower ones. @param {number[]} rates @returns {[number, number]} exponents */
export function decadesAround(rates) {
  const logs = rates.length ? rates.map(Math.log10) : [-1], low = Math.floor(Math.min(...logs) + 1e-9);
  const high = Math.max(Math.ceil(Math.max(...logs) - 1e-9), Math.min(HIGHEST, low + DECADES));
  return [Math.min(low, high - DECADES), high];
}

/** From below the lowest loss to above the highest; in steps of 1, 2, 5, so that the axis rarely moves. @param {ClassPoint[]} points @returns {[number, number]} */
function lossesOf(points) {
  const known = points.map(({loss}) => loss).filter((loss) => loss !== null);
  if (!known.length) return [0.1, 1];
  const low = roundDown(Math.min(...known)), high = roundUp(Math.max(...known));
  return high / low < 4 ? [roundDown(low * 0.7), roundUp(high * 1.4)] : [low, high];
}

const STEPS = [1, 2, 5, 10];

/** @param {number} value */
function roundDown(value) {
  const decade = 10 ** Math.floor(Math.log10(value));
  return Number((decade * (STEPS.findLast((step) => step * decade <= value * (1 + 1e-9)) ?? 1)).toPrecision(1));
}

/** @param {number} value */
function roundUp(value) {
  const decade = 10 ** Math.floor(Math.log10(value));
  return Number((decade * (STEPS.find((step) => step * decade >= value * (1 - 1e-9)) ?? 10)).toPrecision(1));
}

/** Where the axis of losses has its lines: at every decade, and between them at 2 and 5 where there are few. @param {[number, number]} losses */
export function lossTicks([low, high]) {
  const first = Math.floor(Math.log10(low) + 1e-9), last = Math.ceil(Math.log10(high) - 1e-9), decades = Math.log10(high / low);
  const every = Math.max(1, Math.ceil(decades / 6)), steps = decades <= 2.2 ? [1, 2, 5] : decades <= 3.3 ? [1, 3] : [1];
  const all = [];
  for (let decade = first; decade <= last; decade += every) all.push(...steps.map((step) => Number((step * 10 ** decade).toPrecision(1))));
  return all.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
}
