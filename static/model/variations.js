// What a run can be compared with: the same experiment with one setting changed, as texts of addresses.

import {labelOf} from "./choices.js";
import {rate} from "./numbers.js";

/** Between the addresses of two runs. Their number, as few as can be compared and as many as find room. */
const BETWEEN = "||", FEWEST = 2, MOST = 4;
/** What is tried instead of what the run has; names that the engine does not know are left out. */
const ACTIVATIONS = ["sigmoid", "tanh", "relu"], INITIALISERS = ["xavier", "he", "orthogonal"], OPTIMISERS = ["sgd", "momentum", "adam"];
/** Learning rates beside the run's own. */
const FACTORS = [1 / 3, 3];

/** @typedef {{label: string, values: string, addresses: string[]}} Variation values: in words, the run's own first */

/** The runs of a page's hash. @param {string} hash @returns {string[]} */
export function addressesOf(hash) {
  const text = hash.replace(/^#/, "").replace(/%7C/gi, "|");
  return text ? text.split(BETWEEN) : [];
}

/** The hash of runs. @param {string[]} addresses */
export const hashOf = (addresses) => `#${addresses.join(BETWEEN)}`;

/** What is wrong with the number of runs, or null. @param {string[]} addresses @returns {{field: string, was: string, expected: string} | null} */
export function faultOf(addresses) {
  if (!addresses.length || (addresses.length >= FEWEST && addresses.length <= MOST)) return null;
  const was = addresses.length === 1 ? "1 run" : `${addresses.length} runs`;
  return {field: "address", was, expected: `${FEWEST} to ${MOST} experiments with ${BETWEEN} between them`};
}

/** An address with one setting replaced. @param {string} address @param {string} name @param {string} value */
export function varied(address, name, value) {
  const pairs = address.split("&").filter((pair) => pair && !pair.startsWith(`${name}=`));
  return [...pairs, `${name}=${value}`].join("&");
}

/**
 * Everything that this experiment can be compared with.
 * @param {string} address of the experiment @param {Experiment} experiment @param {Record<string, Field>} fields
 * @returns {Variation[]}
 */
export function variationsOf(address, experiment, fields) {
  /** @param {string} label @param {string} name @param {{value: string, words: string}[]} others @param {string} own */
  const row = (label, name, others, own) => ({
    label, values: [own, ...others.map(({words}) => words)].join(" · "),
    addresses: [address, ...others.map(({value}) => varied(address, name, value))],
  });
  /** @param {string} label @param {keyof Experiment & string} name @param {string[]} wanted */
  const choice = (label, name, wanted) => {
    const known = fields[name].choices ?? [], own = experiment[name];
    const words = (/** @type {unknown} */ value) => labelOf(fields[name], value, "one for each layer");
    const others = wanted.filter((value) => value !== own && known.some((one) => one.name === value));
    return row(label, name, others.slice(0, MOST - 1).map((value) => ({value, words: words(value)})), words(own));
  };
  return [
    choice("Activation", "activation", ACTIVATIONS),
    choice("Initialiser", "initialiser", INITIALISERS),
    choice("Optimiser", "optimiser", OPTIMISERS),
    row("Learning rate", "learning_rate", ratesBeside(experiment.learning_rate, fields.learning_rate), `η = ${rate(experiment.learning_rate)}`),
    ...(typeof experiment.activation === "string" ? [row("Depth", "hidden", depthsBeside(experiment.hidden, fields.hidden), depth(experiment.hidden))] : []),
    row("Residual connections", "residual", [{value: experiment.residual ? "no" : "yes", words: experiment.residual ? "without" : "with"}], experiment.residual ? "with" : "without"),
    choice("Normalisation", "normalisation", ["none", "batch", "layer"]),
  ].filter(({addresses}) => addresses.length >= FEWEST);
}

/** @param {number} own @param {Field} field */
function ratesBeside(own, {minimum = 0, maximum = Infinity}) {
  const rates = FACTORS.map((factor) => Math.min(maximum, Math.max(minimum, Number((own * factor).toPrecision(3)))));
  return rates.filter((value) => value !== own).map((value) => ({value: String(value), words: `η = ${rate(value)}`}));
}

/** Half as many hidden layers, and twice as many. @param {number[]} hidden @param {Field} field */
function depthsBeside(hidden, {most = Infinity}) {
  if (!hidden.length) return [];
  const fewer = hidden.slice(0, Math.floor(hidden.length / 2)), more = [...hidden, ...hidden].slice(0, most);
  return [fewer, more].filter(({length}) => length !== hidden.length)
    .map((layers) => ({value: layers.join(",") + (layers.length < 2 ? "," : ""), words: depth(layers)}));
}

/** @param {number[]} hidden */
export const depth = (hidden) => (hidden.length === 0 ? "no hidden layer" : hidden.length === 1 ? "1 hidden layer" : `${hidden.length} hidden layers`);
