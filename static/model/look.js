// Where somebody looks: what is selected, which instrument is open, what the ladder shows, which page of a lesson is open, where the pointer is.

const LADDERS = ["gradient", "delta", "ratio"];

/** @param {string} name @returns {name is State["ladder"]} */
export const isLadder = (name) => LADDERS.includes(name);

/** Whether everybody follows this browser's look: the teacher's tab that leads, or the student who has the controls. @param {State} state */
export function presents({role, leading, driving, forked, member, classroom}) {
  if (forked) return false;
  const driver = classroom?.driver ?? null;
  return driver === null ? role === "teacher" && (leading || driving) : driver === member;
}

/** @param {State} state @returns {Look} */
export const lookOf = ({selection, lab, ladder, lesson, pointer}) => ({selection, lab, ladder, lesson, pointer});

/** The part of a drawing that its points are measured in: the picture of beliefs is a square in the middle of its panel. @param {string} region @param {Box} box */
function frameOf(region, {left, top, width, height}) {
  if (region !== "output") return {left, top, width, height};
  const side = Math.min(width, height);
  return {left: left + (width - side) / 2, top: top + (height - side) / 2, width: side, height: side};
}

/** @typedef {{left: number, top: number, width: number, height: number}} Box */

/** Where in a drawing a point of the page is, from 0 to 1. @param {string} region @param {Box} box @param {number} x @param {number} y */
export function placeIn(region, box, x, y) {
  const frame = frameOf(region, box), part = (/** @type {number} */ value) => Number(Math.min(1, Math.max(0, value)).toFixed(3));
  return {x: part((x - frame.left) / frame.width), y: part((y - frame.top) / frame.height)};
}

/** The point of the page where a pointer is. @param {Pointer} pointer @param {Box} box */
export function pointOf({region, x, y}, box) {
  const frame = frameOf(region, box);
  return [frame.left + x * frame.width, frame.top + y * frame.height];
}
