// Who this browser is in the class, and what it shows of it: in conditions, in words and signs.

import {html} from "htm/preact";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** Whether this is the teacher's tab that has the controls. @param {Stage} stage */
export const teaches = (stage) => stage.signal("leading").value && stage.signal("connection").value === "live";

/** How the board stands before anybody has touched it. @type {Arrangement} */
const USUAL = {open: null, whole: false, by: "loss", show: "boundary", across: "learning_rate"};

/** How the board stands, here and on the wall. @param {Stage} stage */
export const arrangementOf = (stage) => stage.signal("classroom").value?.arrangement ?? USUAL;

/** Has the board stand otherwise, on every screen that shows it. @param {Stage} stage @param {Partial<Arrangement>} changes */
export const arrange = (stage, changes) => stage.send({type: "arrange", arrangement: changes});

/** Whether the board is open: as the teacher has left it, else as soon as there is a run to be seen. Students have none. @param {Stage} stage */
export function showsBoard(stage) {
  const role = stage.signal("role").value, {open} = arrangementOf(stage), cards = stage.signal("board").value;
  if (role !== "teacher" && role !== "projector") return false;
  return open ?? Object.keys(cards).length > 0;
}

/** Whether this page is for a wall: the teacher's stage without controls. @param {Stage} stage */
export const onWall = (stage) => stage.signal("role").value === "projector";

/** @param {number} count @param {string} one */
export const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** @param {Stage} stage */
export function studentsOf(stage) {
  const count = stage.signal("classroom").value?.students ?? 0;
  return count ? `${counted(count, "student")} here` : "Nobody has joined yet";
}

/** A name as the class sees it. @param {string | null} name @param {number} member */
export const called = (name, member) => name ?? `Student ${member}`;

/** A raised hand. */
export const HAND = html`<svg class="hand-sign" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"
  d="M5 8.2V3.4a.9.9 0 0 1 1.8 0v3.4m0-.2V2a.9.9 0 0 1 1.8 0v4.6m0 0V2.6a.9.9 0 0 1 1.8 0v4.6m0-2.2a.9.9 0 0 1 1.8 0v5c0 3-1.6 4.6-4 4.6-2 0-3.100-.9-4.100-2.700L2.400 8.900c-.5-1 .8-1.700 1.500-.9L5 9.400" /></svg>`;
