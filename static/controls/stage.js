// What every control is given: the signals of the state, and a way to send a command.

/**
 * @typedef {object} Stage
 * @property {Signals} signal
 * @property {Send} send
 * @property {() => void} toggleTheme
 * @property {() => void} openRoom a new one, driven by this browser
 * @property {(ladder: State["ladder"]) => void} chooseLadder
 * @property {() => void} dismiss the last refusal or notice
 */

/** Changes of settings, by name. @param {Stage} stage @param {Record<string, unknown>} changes */
export function change(stage, changes) {
  stage.send({type: "set", changes});
}

/** Whether this browser may give commands. @param {Stage} stage */
export function drives(stage) {
  return stage.signal("role").value === "driver" && stage.signal("connection").value === "live";
}
