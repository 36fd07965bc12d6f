// Where the wave is at a moment: from what the last pulse said, and the browser's own clock.
// A step of L layers has 2L + 2 phases: forward 1..L, the loss, backward L..1, the update.

import {NO_PHASE} from "../wire/protocol.js";

/** @type {Wave} */
const STILL = {pass: "none", layer: 0, progress: 1, phase: -1, moving: false};

/**
 * @param {Pulse | null} pulse @param {number} layers @param {number} now milliseconds, of performance.now()
 * @param {boolean} reducedMotion the same states, but nothing flies from one to the next
 * @returns {Wave}
 */
export function waveAt(pulse, layers, now, reducedMotion) {
  if (!pulse || pulse.phase === NO_PHASE) return STILL;
  const length = Math.max(1, pulse.phaseMs), update = 2 * layers + 1;
  let phase = pulse.phase, elapsed = pulse.elapsedMs + Math.max(0, now - pulse.receivedAt);
  // Never into the update by itself: only a pulse that knows the new weights begins it.
  while (pulse.running && elapsed >= length && phase < update - 1) {
    phase++;
    elapsed -= length;
  }
  const part = Math.min(1, elapsed / length);
  const moving = part < 1 || (pulse.running && phase < update - 1);
  return {...passAt(phase, layers), progress: reducedMotion ? 1 : part, phase, moving};
}

/** @param {number} phase @param {number} layers @returns {{pass: Wave["pass"], layer: number}} */
export function passAt(phase, layers) {
  if (phase < layers) return {pass: "forward", layer: phase + 1};
  if (phase === layers) return {pass: "loss", layer: layers};
  if (phase <= 2 * layers) return {pass: "backward", layer: 2 * layers + 1 - phase};
  return {pass: "update", layer: 0};
}

/** Whether the backward wave has been through a layer, and how far it is: 0 to 1. @param {Wave} wave @param {number} layer */
export function backwardShare(wave, layer) {
  if (wave.pass === "none" || wave.pass === "update") return 1;
  if (wave.pass !== "backward") return 0;
  return layer > wave.layer ? 1 : layer === wave.layer ? wave.progress : 0;
}

/** Cubic, slow at both ends. @param {number} t */
export function eased(t) {
  return t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
}
