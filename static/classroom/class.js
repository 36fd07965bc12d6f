// Who this browser is in the class, and what it shows of it.

/** @typedef {import("../controls/stage.js").Stage} Stage */

/** Whether this is the teacher's tab that has the controls. @param {Stage} stage */
export const teaches = (stage) => stage.signal("leading").value && stage.signal("connection").value === "live";

/** Whether the board is open: as it was left by hand, else as soon as there is a run to be seen. Students have none. @param {Stage} stage */
export function showsBoard(stage) {
  const role = stage.signal("role").value, opened = stage.signal("boardOpen").value, cards = stage.signal("board").value;
  if (role !== "teacher" && role !== "projector") return false;
  return opened ?? Object.keys(cards).length > 0;
}
