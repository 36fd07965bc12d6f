// Questions that a class is asked before the run answers them; each carries the changes that running it sets. Pure.

import {labelOf} from "./choices.js";

/** A question's bounds, as the server has them. */
export const MOST_OPTIONS = 6, LEAST_OPTIONS = 2;
/** Letters at most. */
export const LONGEST = {text: 200, option: 80};

/** @typedef {{experiment: Experiment, fields: Record<string, Field>}} About */

/** How a setting's value is called. @param {Record<string, Field>} fields @param {string} setting @param {string} name */
const called = (fields, setting, name) => labelOf(fields[setting], name);
/** @param {Record<string, Field>} fields @param {string} setting @param {number} value */
const bounded = (fields, setting, value) =>
  Number(Math.min(fields[setting]?.maximum ?? Infinity, Math.max(fields[setting]?.minimum ?? -Infinity, value)).toPrecision(3));
/** @param {number} value */
const written = (value) => String(value);

/** @param {About} about @param {number} factor */
function rateTimes({experiment, fields}, factor) {
  const now = experiment.learning_rate, then = bounded(fields, "learning_rate", now * factor);
  return then === now ? null : {now: written(now), then: written(then), changes: {learning_rate: then}};
}

/** Ready questions, each a row: a draft for the run on the stage, or null where it would change nothing. @type {((about: About) => Draft | null)[]} */
const READY = [
  (about) => {
    const rate = rateTimes(about, 10);
    return rate && {text: `η × 10 (${rate.now} → ${rate.then}): faster, same, or diverges?`, options: ["faster", "about the same", "diverges"], changes: rate.changes};
  },
  (about) => {
    const rate = rateTimes(about, 0.1);
    return rate && {text: `η ÷ 10 (${rate.now} → ${rate.then}): where is the loss after 100 steps?`, options: ["lower", "about the same", "higher"], changes: rate.changes};
  },
  ({experiment: {activation, hidden}, fields}) => {
    if (typeof activation !== "string" || !hidden.length) return null;
    const [to, answer] = activation === "relu" ? ["sigmoid", "shrink"] : ["relu", "grow"];
    const from = called(fields, "activation", activation), new_ = called(fields, "activation", to);
    return {text: `Swap ${from} for ${new_}: does layer 1’s gradient ${answer}?`, options: ["it grows", "about the same", "it shrinks"], changes: {activation: to}};
  },
  ({experiment: {hidden}, fields}) => {
    const twice = [...hidden, ...hidden];
    if (!hidden.length || twice.length > (fields.hidden?.most ?? Infinity)) return null;
    return {text: `Twice as many layers (${hidden.length} → ${twice.length} hidden): lower loss after 100 steps?`, options: ["lower", "about the same", "higher"], changes: {hidden: twice}};
  },
  ({experiment: {initialiser, hidden}}) =>
    (initialiser === "zeros" || !hidden.length ? null : {text: "Zero initialisation: will it learn?", options: ["yes, just as well", "yes, but slowly", "no"], changes: {initialiser: "zeros"}}),
  ({experiment: {batch_size: size}}) =>
    (size === 1 ? null : {text: `One sample a batch (instead of ${size}): what becomes of the loss curve?`, options: ["smoother", "as it is", "more ragged"], changes: {batch_size: 1}}),
  ({experiment: {optimiser}, fields}) =>
    (optimiser === "adam" ? null : {text: `Adam instead of ${called(fields, "optimiser", optimiser)}: lower loss after 100 steps?`, options: ["lower", "about the same", "higher"], changes: {optimiser: "adam"}}),
  ({experiment: {residual, hidden}}) =>
    (residual || hidden.length < 3 ? null : {text: "Residual connections: does layer 1’s gradient grow?", options: ["it grows", "about the same", "it shrinks"], changes: {residual: true}}),
];

/** What can be asked of the run on the stage. @param {Experiment} experiment @param {Record<string, Field>} fields @returns {Draft[]} */
export const readyQuestions = (experiment, fields) => READY.map((row) => row({experiment, fields})).filter((draft) => draft !== null);

/** What keeps a question from being asked, or null. @param {Draft} draft */
export function lacking({text, options}) {
  const given = options.map((option) => option.trim()).filter(Boolean);
  if (!text.trim()) return "Write a question.";
  if (given.length < LEAST_OPTIONS) return `Give at least ${LEAST_OPTIONS} answers.`;
  return new Set(given).size < given.length ? "Two answers are the same." : null;
}

/** Each option's share of the votes, from 0 to 1. @param {number[]} votes */
export function shares(votes) {
  const all = votes.reduce((sum, count) => sum + count, 0);
  return votes.map((count) => (all ? count / all : 0));
}
