// The top bar: the name, the presets, the room, light and dark, help.

import {html} from "htm/preact";
import {CompareWith} from "./compare-with.js";
import {LabButton} from "../lab/lab.js";
import {LessonButton} from "../lesson/lesson.js";
import {drives} from "../stage.js";

/** @param {{stage: import("../stage.js").Stage, share: unknown, openHelp: () => void}} props share: how others get in */
export function Header({stage, share, openHelp}) {
  const dark = stage.signal("theme").value === "dark";
  return html`<header>
    <h1><span class="nabla" aria-hidden="true">∇</span> Nablascope</h1>
    <${Presets} stage=${stage} />
    <${CompareWith} stage=${stage} />
    <${LabButton} stage=${stage} />
    <${LessonButton} stage=${stage} />
    <${Room} stage=${stage} share=${share} />
    <button class="plain" aria-label=${dark ? "Light colours" : "Dark colours"} title=${dark ? "Light colours" : "Dark colours"}
      onClick=${stage.toggleTheme}><span aria-hidden="true">◐</span></button>
    <button class="plain" aria-label="Help" title="Help (?)" onClick=${openHelp}><span aria-hidden="true">?</span></button>
  </header>`;
}

/** @param {{stage: import("../stage.js").Stage}} props */
function Presets({stage}) {
  const {presets} = stage.signal("description").value, preset = stage.signal("preset").value;
  const sentence = presets.find(({name}) => name === preset)?.sentence ?? "Your own settings.";
  return html`<div class="presets">
    <select aria-label="Preset" value=${preset ?? ""} disabled=${!drives(stage)}
      onChange=${(/** @type {any} */ event) => event.target.value && stage.send({type: "preset", name: event.target.value})}>
      ${!preset && html`<option value="">own settings</option>`}
      ${presets.map(({name, sentence: title}) => html`<option value=${name} title=${title}>${name}</option>`)}
    </select>
    <p class="sentence" title=${sentence}>${sentence}</p>
  </div>`;
}

/** @param {{stage: import("../stage.js").Stage, share: unknown}} props */
function Room({stage, share}) {
  const room = stage.signal("room").value, viewers = stage.signal("viewers").value;
  const watching = !stage.signal("driving").value;
  if (!room) return null;
  return html`<div class="room">
    <span class="pill"><span class="standing">${watching ? "Watching" : "Room"} </span><b>${room}</b>
      <span class="viewers" title="Browsers that see this room"><span class="dot" aria-hidden="true"></span>${viewers}<span class="hidden"> viewers</span></span></span>
    ${share}
  </div>`;
}
