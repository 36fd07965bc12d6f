// The connections of a network: which are drawn, how strong, and two pictures of them, by weight and by gradient.

import {curve} from "../draw/canvas.js";

/** Edges drawn at most: more than these neither an eye nor a software renderer can follow. */
const MOST = 2000;
/** Up to this many, magnitude is width too, and a negative sign is a dashed line; beyond, lines are a pixel wide. */
const FINE = 420;
/** Fixed scales, so that two moments and two runs can be compared: |w| at full strength, decades of |∂L/∂w|. */
const FULL_WEIGHT = 1.6, LOWEST_DECADE = -6, DECADES = 6;

/** @typedef {{layer: number, from: number, to: number, weight: number, gradient: number}} Edge */
/** @typedef {import("../model/layout.js").Column} Column */

/** How visible a weight is, 0 to 1. @param {number} weight */
export const weightStrength = (weight) => Math.min(1, Math.abs(weight) / FULL_WEIGHT) ** 0.75;

/** How visible a gradient is, 0 to 1: a decade more or less is a step up or down. @param {number} gradient */
export function gradientStrength(gradient) {
  const size = Math.abs(gradient);
  return size === 0 ? 0 : Math.min(1, Math.max(0.02, (Math.log10(size) - LOWEST_DECADE) / DECADES));
}

/**
 * The edges between units that are drawn, the strongest of them when there are too many.
 * @param {ParameterFrame} parameters @param {number[]} layers @param {Column[]} columns @returns {Edge[]}
 */
export function visibleEdges(parameters, layers, columns) {
  /** @type {Edge[]} */
  const edges = [];
  for (let layer = 1; layer < layers.length; layer++) {
    const theta = parameters.theta[layer], gradient = parameters.gradient[layer], units = layers[layer];
    for (let from = 0; from < columns[layer - 1].shown; from++) {
      for (let to = 0; to < columns[layer].shown; to++) {
        const at = from * units + to;
        edges.push({layer, from, to, weight: theta[at], gradient: gradient[at]});
      }
    }
  }
  edges.sort((a, b) => Math.abs(a.weight) - Math.abs(b.weight));
  return edges.slice(-MOST);
}

/**
 * A picture of edges, the weakest first so that the strong ones lie on top.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} target @param {Edge[]} edges
 * @param {Column[]} columns @param {(edge: Edge) => number} valueOf @param {(value: number) => number} strengthOf
 * @param {string} minus @param {string} plus colours @param {number} pixel one device pixel in CSS pixels
 */
export function drawEdges(target, edges, columns, valueOf, strengthOf, minus, plus, pixel) {
  const context = /** @type {CanvasRenderingContext2D} */ (target), fine = edges.length <= FINE;
  const order = valueOf === byWeight ? edges : edges.toSorted((a, b) => Math.abs(valueOf(a)) - Math.abs(valueOf(b)));
  context.lineCap = "butt";
  let dashed = false;
  for (const edge of order) {
    const value = valueOf(edge), strength = strengthOf(value);
    if (!(strength > 0.015)) continue;
    const left = columns[edge.layer - 1], right = columns[edge.layer];
    context.strokeStyle = value < 0 ? minus : plus;
    context.globalAlpha = 0.06 + 0.84 * strength;
    context.lineWidth = fine ? pixel + 3.2 * strength * strength : pixel;
    if (fine && dashed !== value < 0) context.setLineDash((dashed = value < 0) ? [7, 2.5] : []);
    curve(
      context, left.xs[edge.from] + left.size / 2, left.y[edge.from],
      right.xs[edge.to] - right.size / 2, right.y[edge.to],
    );
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** @param {Edge} edge */
export const byWeight = (edge) => edge.weight;
/** @param {Edge} edge */
export const byGradient = (edge) => edge.gradient;
