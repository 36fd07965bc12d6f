// What every control is given: the signals of the state, and a way to send a command.

/**
 * @typedef {object} Stage
 * @property {Signals} signal
 * @property {Send} send
 * @property {() => void} toggleTheme
 * @property {() => void} openRoom a new one, driven by this browser
 * @property {() => string} address the experiment as text
 * @property {(addresses: string[]) => void} compare runs side by side, on a page of their own
 * @property {(ladder: State["ladder"]) => void} chooseLadder
 * @property {(name: string | null) => void} openLab an instrument of the lab, or null to close it
 * @property {(page: OpenPage | null) => void} openLesson a page of a lesson, or null to close it
 * @property {(scene: Scene) => void} setScene begin the run of a page, and look where the page says
 * @property {(open: boolean) => void} openBar the class's controls, before anybody has joined
 * @property {(pointing: boolean) => void} point whether everybody sees where this pointer is
 * @property {() => void} followTeacher look again where the teacher looks
 * @property {(name: string) => void} rename this browser's member of the class
 * @property {() => string | null} teacherToken the secret of the teacher's link, where this tab has it
 * @property {(selection: Place | null) => void} select what is inspected
 * @property {(nudge: number | null) => void} nudge by how much the selected number is moved by hand; null: let go
 * @property {() => void} dismiss the last refusal or notice
 * @property {(what: string) => void} forget the answer to a question
 * @property {() => void} keep the run, instead of the new start that was asked back
 * @property {(setting: string) => void} withdraw a setting from that new start
 */

/**
 * Changes of settings, by name. What needs a new start is asked back, unless `reset` says that it is wanted.
 * @param {Stage} stage @param {Record<string, unknown>} changes @param {boolean} [reset]
 */
export function change(stage, changes, reset = false) {
  stage.send({type: "set", changes, reset});
}

/** Whether this browser may give commands. @param {Stage} stage */
export function drives(stage) {
  return stage.signal("driving").value && stage.signal("connection").value === "live";
}
