// What tells runs apart, in words: the settings in which their experiments differ.

import {labelOf} from "../model/choices.js";
import {rate} from "../model/numbers.js";
import {depth} from "../model/variations.js";

/** Settings that decide which samples a step sees; where they differ, runs cannot be compared step by step. */
const BATCHES = ["dataset", "samples", "noise", "test_share", "balance", "standardise", "seed", "batch_size"];

/** @typedef {Record<string, unknown>} Settings */

/** The names of settings in which experiments differ. @param {Settings[]} experiments */
export function differing(experiments) {
  const [first, ...others] = experiments, text = JSON.stringify;
  return Object.keys(first ?? {}).filter((name) => others.some((other) => text(other[name]) !== text(first[name])));
}

/**
 * One title a run, "sigmoid · Xavier"; runs with the very same settings say so.
 * @param {Settings[]} experiments @param {Record<string, Field>} fields @returns {string[]}
 */
export function titlesOf(experiments, fields) {
  const names = differing(experiments);
  return experiments.map((experiment) => names.map((name) => words(name, experiment[name], fields[name], experiments)).join(" · ") || "the same settings");
}

/** A sentence about runs that do not see the same batches, or null. @param {Settings[]} experiments @param {Record<string, Field>} fields */
export function warningOf(experiments, fields) {
  const apart = differing(experiments).filter((name) => BATCHES.includes(name)).map((name) => fields[name].label.toLowerCase());
  return apart.length ? `These runs do not see the same batches: they differ in ${apart.join(", ")}.` : null;
}

/** @param {string} name @param {unknown} value @param {Field} field @param {Settings[]} experiments */
function words(name, value, field, experiments) {
  if (name === "learning_rate") return `η = ${rate(Number(value))}`;
  if (name === "hidden") return layers(/** @type {number[]} */ (value), experiments);
  if (typeof value === "boolean") return `${value ? "with" : "without"} ${field.label.toLowerCase()}`;
  const label = (/** @type {unknown} */ one) => labelOf(field, one);
  if (name !== "activation" && field.choices && ["none", "constant"].includes(String(value))) return `${field.label.toLowerCase()} ${label(value)}`;
  if (Array.isArray(value)) return value.map(label).join("–");
  return field.choices && value !== null ? label(value) : `${field.label.toLowerCase()} ${value === null ? "not set" : value}`;
}

/** The depth, or all sizes where depth alone does not tell. @param {number[]} hidden @param {Settings[]} experiments */
function layers(hidden, experiments) {
  const depths = experiments.map((experiment) => /** @type {number[]} */ (experiment.hidden).length);
  return new Set(depths).size === depths.length ? depth(hidden) : `hidden layers ${hidden.join("–") || "none"}`;
}
