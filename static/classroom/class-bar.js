// The class's row under the header: the teacher's controls of the class, or what a student can do in it.

import {html} from "htm/preact";
import {useEffect, useRef, useState} from "preact/hooks";
import {ConfirmButton} from "../panels/parts/confirm-button.js";
import {AskDialog} from "./ask-dialog.js";
import {BoardButton} from "./class-board.js";
import {ClassList} from "./class-list.js";
import {PointButton} from "./pointer-ring.js";
import {HAND, called, counted, teaches} from "./class.js";
import {StudentBar} from "./student.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** @param {{stage: Stage}} props */
export function ClassBar({stage}) {
  const role = stage.signal("role").value, classroom = stage.signal("classroom").value;
  return html`<div class="class-row">
    ${role === "student" && html`<${StudentBar} stage=${stage} />`}
    ${role === "teacher" && classroom && html`<${TeacherBar} stage=${stage} classroom=${classroom} />`}
  </div>`;
}

/** @param {{stage: Stage, classroom: Classroom}} props */
function TeacherBar({stage, classroom}) {
  const open = stage.signal("barOpen").value, members = stage.signal("members").value, live = stage.signal("connection").value === "live";
  const students = members.filter(({role}) => role === "student"), any = students.length > 0;
  // Once it is there it stays: the list must not close because the last of them has gone.
  useEffect(() => { if (any) stage.openBar(true); }, [any]);
  if (!stage.signal("leading").value) {
    return html`<section class="class-bar" aria-label="Class">
      <p class="class-says" role="status">Another tab has the controls</p>
      <button class="primary" disabled=${!live} onClick=${() => stage.send({type: "take"})}>Take the controls</button>
    </section>`;
  }
  if (!open && !any && !classroom.students) return null;
  return html`<section class="class-bar" aria-label="Class">
    <${Roll} stage=${stage} classroom=${classroom} students=${students} />
    <${Toggle} stage=${stage} label="Allow forks" on=${classroom.allow_forks} title="Whether students may make a copy of this run and change it"
      command=${(/** @type {boolean} */ allowed) => ({type: "allow_forks", allowed})} />
    <${ConfirmButton} text="Everyone starts here" disabled=${!teaches(stage)} title="Every student gets a copy of this very run; who has one already starts anew from here"
      question=${classroom.forks ? `${counted(classroom.forks, "private run")} will start anew from here.` : ""} yes="Start anew" no=${classroom.forks === 1 ? "Keep it" : "Keep them"} act=${() => stage.send({type: "start_here"})} />
    <${Toggle} stage=${stage} label="Pause all" on=${classroom.paused} title="The stage and every student’s run stand still"
      command=${(/** @type {boolean} */ paused) => ({type: "pause_all", paused})} />
    <${Ask} stage=${stage} />
    ${classroom.driver === null && html`<${PointButton} stage=${stage} />`}
    <${BoardButton} stage=${stage} />
    <${Says} stage=${stage} classroom=${classroom} />
    <${Hands} students=${students} />
  </section>`;
}

/** @param {{stage: Stage, label: string, on: boolean, title: string, command: (on: boolean) => Command}} props */
export function Toggle({stage, label, on, title, command}) {
  return html`<button aria-pressed=${on} title=${title} disabled=${!teaches(stage)} onClick=${() => stage.send(command(!on))}>${label}</button>`;
}

/** Who is here, and the list of them. @param {{stage: Stage, classroom: Classroom, students: Member[]}} props */
function Roll({stage, classroom, students}) {
  const list = useRef(/** @type {HTMLDialogElement | null} */ (null)), hands = students.filter(({hand}) => hand).length;
  const open = () => list.current?.showModal();
  return html`<button class="roll" aria-haspopup="dialog" title="Names, hands and controls of everybody here" onClick=${open}>
      <b>${classroom.students}</b> ${classroom.students === 1 ? "student" : "students"}</button>
    ${hands > 0 && html`<button class="hands" aria-haspopup="dialog" onClick=${open}>${HAND} ${counted(hands, "hand")}</button>`}
    <${ClassList} stage=${stage} classroom=${classroom} students=${students} dialog=${list} />`;
}

/** @param {{stage: Stage}} props */
function Ask({stage}) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  return html`<button aria-haspopup="dialog" disabled=${!teaches(stage)} title="Predict first: everybody votes before the run answers" onClick=${() => dialog.current?.showModal()}>Ask the class</button>
    <${AskDialog} stage=${stage} dialog=${dialog} />`;
}

/** What is unusual at the moment, and how to end it. @param {{stage: Stage, classroom: Classroom}} props */
function Says({stage, classroom}) {
  const {driver, driver_name: driverName, on_stage: onStage, on_stage_name: onStageName, forks, paused, locked} = classroom, send = stage.send, off = !teaches(stage);
  const plain = [paused && "Everybody is paused", locked && "Locked", forks > 0 && `${counted(forks, "own run")}`].filter(Boolean).join(" · ");
  const whose = driver !== null ? `${called(driverName, driver)} has the controls` : onStage !== null ? `${called(onStageName, onStage)}’s run is on the stage` : plain;
  return html`<div class="class-says">
    <span role="status" title=${whose}>${driver !== null && html`<bdi>${called(driverName, driver)}</bdi> has the controls`}
      ${driver === null && onStage !== null && html`<bdi>${called(onStageName, onStage)}</bdi>’s run is on the stage`}
      ${driver === null && onStage === null && plain}</span>
    ${driver !== null && html`<button disabled=${off} onClick=${() => send({type: "give", member: null})}>Take back</button>`}
    ${onStage !== null && html`<button disabled=${off} onClick=${() => send({type: "bring", member: null})}>Back to the class’s run</button>`}
  </div>`;
}

/** Says who has just raised a hand. @param {{students: Member[]}} props */
function Hands({students}) {
  const before = useRef(/** @type {Set<number>} */ (new Set())), [said, say] = useState("");
  useEffect(() => {
    const up = students.filter(({hand}) => hand), fresh = up.filter(({member}) => !before.current.has(member));
    before.current = new Set(up.map(({member}) => member));
    if (fresh.length) say(`${fresh.map(({name, member}) => called(name, member)).join(", ")} raised a hand`);
  }, [students.filter(({hand}) => hand).map(({member}) => member).join(" ")]);
  return html`<p class="hidden" role="status">${said}</p>`;
}
