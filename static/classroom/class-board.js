// The class board: every student's run on one panel, beside the stage or instead of it; on the wall as the teacher has it.

import {html} from "htm/preact";
import {useCallback, useMemo, useState} from "preact/hooks";
import {ORDERS} from "../model/board.js";
import {Cards} from "./cards.js";
import {ClassCurve} from "./curve.js";
import {arrange, arrangementOf, onWall, showsBoard, teaches} from "./class.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** Arrows outward and inward. */
const LARGER = "M9.5 2.5h4v4M13 3 9 7M6.5 13.5h-4v-4M3 13l4-4", SMALLER = "M13.5 6.5h-4v-4M10 6l3.5-3.5M2.5 9.5h4v4M6 10l-3.5 3.5";

/** Opens and closes the board. @param {{stage: Stage}} props */
export function BoardButton({stage}) {
  const open = showsBoard(stage), count = Object.keys(stage.signal("board").value).length;
  return html`<button aria-expanded=${open} aria-controls=${open ? "class-board" : undefined} title="Every student’s run, side by side"
    disabled=${!teaches(stage)} onClick=${() => arrange(stage, {open: !open})}>Board${count ? html` <span class="count">${count}<span class="hidden"> runs</span></span>` : ""}</button>`;
}

/** What a card's picture is. @type {[Arrangement["show"], string][]} */
const PICTURES = [["boundary", "Boundary"], ["curve", "Loss"]];

/** @param {{stage: Stage}} props */
export function ClassBoard({stage}) {
  const [lit, light] = useState(/** @type {number | null} */ (null)), {whole, by, show, across} = arrangementOf(stage);
  const board = stage.signal("board").value, cards = useMemo(() => Object.values(board), [board]), onStage = stage.signal("classroom").value?.on_stage ?? null;
  const leads = teaches(stage), bring = useCallback((/** @type {number | null} */ member) => stage.send({type: "bring", member}), [stage]);
  if (!showsBoard(stage)) return null;
  return html`<div class="panel class-panel" id="class-board" data-whole=${whole}>
    ${!onWall(stage) && html`<${Buttons} stage=${stage} />`}
    <${ClassCurve} stage=${stage} cards=${cards} across=${across} choose=${onWall(stage) ? null : (/** @type {Arrangement["across"]} */ name) => arrange(stage, {across: name})} lit=${lit} light=${light} />
    <section class="class-board" aria-label="Class board">
      <div class="class-head">
        <h2>Class board</h2>
        ${onWall(stage) ? html`<span class="hint">by ${ORDERS[by].label}</span>` : html`<${Order} stage=${stage} />`}
      </div>
      ${cards.length
        ? html`<${Cards} stage=${stage} cards=${cards} by=${by} show=${show} lit=${lit} light=${light} onStage=${onStage} bring=${leads ? bring : null} />`
        : html`<${Empty} stage=${stage} />`}
    </section>
  </div>`;
}

/** How large it is, here and on the wall. @param {{stage: Stage}} props */
function Buttons({stage}) {
  const {whole} = arrangementOf(stage), off = !teaches(stage);
  return html`<div class="class-buttons">
    <button class="plain" aria-pressed=${whole} disabled=${off} aria-label="Fill the screen" title=${whole ? "Show the stage beside it" : "Fill the screen"} onClick=${() => arrange(stage, {whole: !whole})}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d=${whole ? SMALLER : LARGER} fill="none" stroke="currentColor" stroke-width="1.6" /></svg></button>
    <button class="plain" disabled=${off} aria-label="Close the board" title="Close the board" onClick=${() => arrange(stage, {open: false})}>×</button>
  </div>`;
}

/** What the cards show and in which order: the teacher's word, for the wall as well. @param {{stage: Stage}} props */
function Order({stage}) {
  const {by, show} = arrangementOf(stage), off = !teaches(stage), hidden = stage.signal("classroom").value?.names_hidden ?? false;
  return html`
    <div class="tabs" role="group" aria-label="Pictures of the cards">${PICTURES.map(([name, label]) => html`
      <button key=${name} aria-pressed=${name === show} disabled=${off} onClick=${() => arrange(stage, {show: name})}>${label}</button>`)}</div>
    <label class="chosen">Sort by <select aria-label="Sort by" value=${by} disabled=${off} onChange=${(/** @type {any} */ event) => arrange(stage, {by: event.target.value})}>
      ${Object.entries(ORDERS).map(([name, {label}]) => html`<option key=${name} value=${name} selected=${name === by}>${label}</option>`)}
    </select></label>
    ${!off && html`<label class="chosen">Hide names <input type="checkbox" role="switch" aria-label="Hide names" checked=${hidden}
      onClick=${(/** @type {any} */ event) => { event.preventDefault(); stage.send({type: "hide_names", hidden: !hidden}); }} /></label>`}`;
}

/** @param {{stage: Stage}} props */
function Empty({stage}) {
  const allowed = stage.signal("classroom").value?.allow_forks ?? true, leads = teaches(stage);
  return html`<div class="empty">
    <p><b>No runs yet.</b></p>
    <p>When a student presses <b>Fork</b>, the run appears here as a card: what its network believes, its loss, learning rate and diagnosis.</p>
    <p>${!allowed && leads ? html`Forks are not allowed at the moment: press <b>Allow forks</b>, or ` : "Or "}${leads ? html`press <b>Everyone starts here</b>, and every student gets a copy of this very run.` : "the teacher gives everybody a copy of the run on the stage."}</p>
  </div>`;
}
