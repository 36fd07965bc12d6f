// Everybody in the class: who needs help, whose name is what, who has the controls.

import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {HAND, called, teaches} from "./class.js";

/** @typedef {import("../controls/stage.js").Stage} Stage */

/** @param {{stage: Stage, classroom: Classroom, students: Member[], dialog: import("preact").RefObject<HTMLDialogElement>}} props */
export function ClassList({stage, classroom, students, dialog}) {
  const off = !teaches(stage), {send} = stage, {locked, names_hidden: hidden} = classroom;
  return html`<dialog ref=${dialog} class="help class-list" aria-labelledby="class-list-title">
    <h2 id="class-list-title">Class list</h2>
    <div class="share-links">
      <button aria-pressed=${locked} disabled=${off} title="Nobody else can join" onClick=${() => send({type: "lock", locked: !locked})}>Lock</button>
      <button aria-pressed=${hidden} disabled=${off} title="On the board, on every screen" onClick=${() => send({type: "hide_names", hidden: !hidden})}>Hide names</button>
      <button disabled=${off || !classroom.forks} title="All own runs end" onClick=${() => send({type: "recall"})}>Send everyone back</button>
    </div>
    ${students.length
      ? html`<ul>${ordered(students).map((student) => html`<${Row} key=${student.member} stage=${stage} student=${student} has=${classroom.driver === student.member} />`)}</ul>`
      : html`<p class="hint">Nobody has joined yet.</p>`}
    <form method="dialog"><button class="primary">Close</button></form>
  </dialog>`;
}

/** Raised hands first, then who is here, by name. @param {Member[]} students */
function ordered(students) {
  const name = (/** @type {Member} */ {name: own, member}) => called(own, member);
  return [...students].sort((one, other) => Number(other.hand) - Number(one.hand) || Number(other.connected) - Number(one.connected)
    || name(one).localeCompare(name(other), undefined, {numeric: true}));
}

/** @param {{stage: Stage, student: Member, has: boolean}} props */
function Row({stage, student, has}) {
  const [doing, begin] = useState(/** @type {"" | "rename" | "remove"} */ ("")), name = called(student.name, student.member), off = !teaches(stage);
  const {member} = student, states = [!student.connected && "away", student.forked && "own run", has && "has the controls"].filter(Boolean).join(", ");
  if (doing === "rename") return html`<${Rename} stage=${stage} member=${member} name=${student.name ?? ""} end=${() => begin("")} />`;
  return html`<li data-member=${member} data-away=${!student.connected}>
    <span class="raised">${student.hand && html`${HAND}<span class="hidden">hand raised</span>`}</span>
    <span class="named"><bdi>${name}</bdi> <span class="hint">${states}</span></span>
    ${doing === "remove"
      ? html`<span>Not coming back?</span>
        <button class="danger" aria-label="Remove ${name} for good" disabled=${off} onClick=${() => stage.send({type: "remove", member})}>Remove</button>
        <button onClick=${() => begin("")}>Keep</button>`
      : html`<button aria-label=${has ? `Take back the controls from ${name}` : `Give controls to ${name}`} disabled=${off || (!has && !student.connected)}
          onClick=${() => stage.send({type: "give", member: has ? null : member})}>${has ? "Take back" : "Give controls"}</button>
        <button aria-label="Rename ${name}" disabled=${off} onClick=${() => begin("rename")}>Rename</button>
        <button aria-label="Remove ${name}" disabled=${off} onClick=${() => begin("remove")}>Remove</button>`}
  </li>`;
}

/** @param {{stage: Stage, member: number, name: string, end: () => void}} props */
function Rename({stage, member, name, end}) {
  /** @param {SubmitEvent} event */
  function rename(event) {
    event.preventDefault();
    const text = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name")).trim();
    if (text) stage.send({type: "rename", member, name: text});
    end();
  }
  return html`<li data-member=${member}><form class="rename" onSubmit=${rename}>
    <input name="name" aria-label="New name" maxlength="24" autocomplete="off" defaultValue=${name} ref=${(/** @type {HTMLInputElement | null} */ input) => input?.focus()} />
    <button class="primary">Save</button><button type="button" onClick=${end}>Cancel</button>
  </form></li>`;
}
