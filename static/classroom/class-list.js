// Everybody in the class: who needs help, whose name is what, who has the controls.

import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {ConfirmButton} from "../panels/parts/confirm-button.js";
import {HAND, called, counted, teaches} from "./class.js";
import {NameForm} from "./name-form.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** @param {{stage: Stage, classroom: Classroom, students: Member[], dialog: import("preact").RefObject<HTMLDialogElement>}} props */
export function ClassList({stage, classroom, students, dialog}) {
  const off = !teaches(stage), {send} = stage, {locked, names_hidden: hidden} = classroom;
  return html`<dialog ref=${dialog} class="help class-list" aria-labelledby="class-list-title">
    <h2 id="class-list-title">Class list</h2>
    <div class="share-links">
      <button aria-pressed=${locked} disabled=${off} title="Nobody else can join" onClick=${() => send({type: "lock", locked: !locked})}>Lock</button>
      <button aria-pressed=${hidden} disabled=${off} title="On the board, on every screen" onClick=${() => send({type: "hide_names", hidden: !hidden})}>Hide names</button>
      <${ConfirmButton} text="Send everyone back" disabled=${off || !classroom.forks} title="All own runs end"
        question=${classroom.forks ? `${counted(classroom.forks, "private run")} will end.` : ""} yes="Send back" no=${classroom.forks === 1 ? "Keep it" : "Keep them"} act=${() => send({type: "recall"})} />
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
  if (doing === "rename") return html`<li data-member=${member}><${NameForm} label="New name" name=${student.name ?? ""} save=${(/** @type {string} */ text) => stage.send({type: "rename", member, name: text})} end=${() => begin("")} /></li>`;
  return html`<li data-member=${member} data-away=${!student.connected}>
    <span class="raised">${student.hand && html`${HAND}<span class="hidden">hand raised</span>`}</span>
    <span class="named"><bdi>${name}</bdi> <span class="hint">${states}</span></span>
    ${doing === "remove"
      ? html`<span>Not coming back?</span>
        <button class="danger" aria-label="Remove ${name} for good" disabled=${off} onClick=${() => stage.send({type: "remove", member})}>Remove</button>
        <button onClick=${() => begin("")}>Keep</button>`
      : html`<${ConfirmButton} text=${has ? "Take back" : "Give controls"} aria-label=${has ? `Take back the controls from ${name}` : `Give controls to ${name}`}
          disabled=${off || (!has && !student.connected)} question=${!has && student.forked ? `The private run of ${name} will end.` : ""} yes="Give controls" no="Keep it"
          act=${() => stage.send({type: "give", member: has ? null : member})} />
        <button aria-label="Rename ${name}" disabled=${off} onClick=${() => begin("rename")}>Rename</button>
        <button aria-label="Remove ${name}" disabled=${off} onClick=${() => begin("remove")}>Remove</button>`}
  </li>`;
}
