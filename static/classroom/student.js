// A student's row: an own copy of the run, the way back to the teacher, the hand, the name.

import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {PointButton} from "./pointer-ring.js";
import {HAND, called} from "./class.js";
import {NameForm} from "./name-form.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** @param {{stage: Stage}} props */
export function StudentBar({stage}) {
  const classroom = stage.signal("classroom").value, forked = stage.signal("forked").value, following = stage.signal("following").value;
  const hand = stage.signal("hand").value, member = stage.signal("member").value, live = stage.signal("connection").value === "live";
  const presents = classroom !== null && classroom.driver === member, allowed = classroom?.allow_forks ?? false;
  function follow() {
    if (forked) stage.send({type: "follow"});
    stage.followTeacher();
  }
  return html`<section class="class-bar student" aria-label="Class">
    ${!forked && html`<button class="primary" disabled=${!live || !allowed} aria-describedby=${allowed ? undefined : "class-says"}
      title=${allowed ? "A copy of this very run, of your own" : "The teacher does not allow own runs at the moment"} onClick=${() => stage.send({type: "fork"})}>Fork</button>`}
    ${(forked || (!following && !presents)) && html`<button class="primary" disabled=${!live} onClick=${follow}>Follow the teacher</button>`}
    <button class="hand" aria-pressed=${hand} disabled=${!live} title="The teacher sees that you need help" onClick=${() => stage.send({type: "hand", raised: !hand})}>
      ${HAND} Raise hand</button>
    ${presents && html`<${PointButton} stage=${stage} />`}
    <p class="class-says" id="class-says" role="status">${classroom && words(classroom, {member, forked, following, presents})}</p>
    <${OwnName} stage=${stage} />
  </section>`;
}

/** How things stand, in one sentence. @param {Classroom} classroom @param {{member: number | null, forked: boolean, following: boolean, presents: boolean}} mine */
function words(classroom, {member, forked, following, presents}) {
  const {driver, driver_name: driverName, on_stage: onStage, on_stage_name: onStageName} = classroom;
  if (classroom.paused) return "The teacher has paused everybody.";
  if (presents && !forked) return "You have the controls of the class.";
  if (onStage !== null && onStage === member) return "Your run is on everybody’s stage.";
  if (forked) return "Your own copy: change what you like.";
  if (!following) return "You are looking around.";
  if (onStage !== null) return html`On the stage: the run of <bdi>${called(onStageName, onStage)}</bdi>.`;
  if (driver !== null) return html`<bdi>${called(driverName, driver)}</bdi> has the controls.`;
  if (!classroom.teacher) return "The teacher is away; the run goes on for a while.";
  return classroom.allow_forks ? "You follow the teacher." : "You follow the teacher. Own runs are not allowed at the moment.";
}

/** @param {{stage: Stage}} props */
function OwnName({stage}) {
  const name = stage.signal("name").value, [editing, edit] = useState(false);
  if (!editing) {
    return html`<button class="own-name" title="Change your name" onClick=${() => edit(true)}>${name ? html`<bdi>${name}</bdi>` : "Your name"}</button>`;
  }
  return html`<${NameForm} label="Your name" name=${name ?? ""} save=${stage.rename} end=${() => edit(false)} />`;
}
