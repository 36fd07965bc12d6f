// The class board: every student's run on one panel, beside the stage or instead of it.

import {html} from "htm/preact";
import {useCallback, useMemo, useState} from "preact/hooks";
import {ORDERS} from "../model/board.js";
import {Cards} from "./cards.js";
import {ClassCurve} from "./curve.js";
import {showsBoard, teaches} from "./class.js";

/** @typedef {import("../controls/stage.js").Stage} Stage */

/** Arrows outward and inward. */
const LARGER = "M9.5 2.5h4v4M13 3 9 7M6.5 13.5h-4v-4M3 13l4-4", SMALLER = "M13.5 6.5h-4v-4M10 6l3.5-3.5M2.5 9.5h4v4M6 10l-3.5 3.5";

/** Opens and closes the board. @param {{stage: Stage}} props */
export function BoardButton({stage}) {
  const open = showsBoard(stage), count = Object.keys(stage.signal("board").value).length;
  return html`<button aria-expanded=${open} aria-controls=${open ? "class-board" : undefined} title="Every student’s run, side by side"
    onClick=${() => stage.openBoard(!open)}>Board${count ? html` <span class="count">${count}<span class="hidden"> runs</span></span>` : ""}</button>`;
}

/** What a card's picture is. */
const PICTURES = {boundary: "Boundary", curve: "Loss"};

/** @param {{stage: Stage}} props */
export function ClassBoard({stage}) {
  const [by, sort] = useState("loss"), [show, picture] = useState("boundary"), [across, choose] = useState("learning_rate");
  const [lit, light] = useState(/** @type {number | null} */ (null)), [whole, fill] = useState(false);
  const board = stage.signal("board").value, cards = useMemo(() => Object.values(board), [board]), classroom = stage.signal("classroom").value;
  const leads = teaches(stage), bring = useCallback((/** @type {number | null} */ member) => stage.send({type: "bring", member}), [stage]);
  if (!showsBoard(stage)) return null;
  return html`<div class="panel class-panel" id="class-board" data-whole=${whole}>
    <div class="class-buttons">
      <button class="plain" aria-pressed=${whole} aria-label="Fill the screen" title=${whole ? "Show the stage beside it" : "Fill the screen"} onClick=${() => fill(!whole)}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d=${whole ? SMALLER : LARGER} fill="none" stroke="currentColor" stroke-width="1.6" /></svg></button>
      <button class="plain" aria-label="Close the board" title="Close the board" onClick=${() => stage.openBoard(false)}>×</button>
    </div>
    <${ClassCurve} stage=${stage} cards=${cards} across=${across} choose=${choose} lit=${lit} light=${light} />
    <section class="class-board" aria-label="Class board">
      <div class="class-head">
        <h2>Class board</h2>
        <div class="tabs" role="group" aria-label="Pictures of the cards">${Object.entries(PICTURES).map(([name, label]) => html`
          <button key=${name} aria-pressed=${name === show} onClick=${() => picture(name)}>${label}</button>`)}</div>
        <label class="chosen">Sort by <select aria-label="Sort by" value=${by} onChange=${(/** @type {any} */ event) => sort(event.target.value)}>
          ${Object.entries(ORDERS).map(([name, {label}]) => html`<option key=${name} value=${name} selected=${name === by}>${label}</option>`)}
        </select></label>
        ${leads && html`<label class="chosen">Hide names <input type="checkbox" role="switch" aria-label="Hide names" checked=${classroom?.names_hidden ?? false}
          onClick=${(/** @type {any} */ event) => { event.preventDefault(); stage.send({type: "hide_names", hidden: !classroom?.names_hidden}); }} /></label>`}
      </div>
      ${cards.length
        ? html`<${Cards} stage=${stage} cards=${cards} by=${by} show=${show} lit=${lit} light=${light} onStage=${classroom?.on_stage ?? null} bring=${leads ? bring : null} />`
        : html`<${Empty} classroom=${classroom} leads=${leads} />`}
    </section>
  </div>`;
}

/** @param {{classroom: State["classroom"], leads: boolean}} props */
function Empty({classroom, leads}) {
  const allowed = classroom?.allow_forks ?? true;
  return html`<div class="empty">
    <p><b>No runs yet.</b></p>
    <p>When a student presses <b>Fork</b>, the run appears here as a card: what its network believes, its loss, learning rate and diagnosis.</p>
    <p>${!allowed && leads ? html`Forks are not allowed at the moment: press <b>Allow forks</b>, or ` : "Or "}${leads ? html`press <b>Everyone starts here</b>, and every student gets a copy of this very run.` : "the teacher gives everybody a copy of the run on the stage."}</p>
  </div>`;
}
