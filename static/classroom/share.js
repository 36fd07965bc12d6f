// "Share": how to get into this class, readable from the last row.

import {html} from "htm/preact";
import {useEffect, useRef, useState} from "preact/hooks";
import {at} from "../page/site.js";
import {studentsOf, teaches} from "./class.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

const COPIED_MS = 2000;

/** @param {{stage: Stage}} props */
export function Share({stage}) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null)), room = stage.signal("room").value;
  const [opened, setOpened] = useState(false), sheet = useRef(/** @type {HTMLElement | null} */ (null)); // a dialog itself cannot fill the screen
  if (!room) return null;
  function open() {
    setOpened(true);
    dialog.current?.showModal();
  }
  return html`<button class="primary" aria-haspopup="dialog" title="Code, QR code and link of this class" onClick=${open}>Share</button>
    <dialog ref=${dialog} class="help share" aria-labelledby="share-title">
      <div class="share-sheet" ref=${sheet}>
        <h2 id="share-title">Join this class</h2>
        <div class="share-columns">
          <div class="share-words">
            <p>Open <b class="share-address">${joinAddress(stage)}</b></p>
            <p>and enter</p>
            <${Code} room=${room} />
            <p class="share-count" role="status">${studentsOf(stage)}</p>
          </div>
          ${opened && html`<img class="qr" src=${at(`qr/${room}.svg`)} width="360" height="360" alt="QR code of the link to this class" />`}
        </div>
        <${Links} stage=${stage} room=${room} sheet=${sheet} />
      </div>
    </dialog>`;
}

/** Letter by letter for those who hear it. @param {{room: string}} props */
export function Code({room}) {
  return html`<p class="code"><span aria-hidden="true">${room.slice(0, 3)}<i></i>${room.slice(3)}</span><span class="hidden">${[...room].join(" ")}</span></p>`;
}

/** Where others enter the code: not always where this browser has found the page. @param {Stage} stage */
const joinLink = (stage) => stage.signal("description").value.join ?? new URL(at("join"), location.href).href;

/** The same as it is written on a board. @param {Stage} stage */
export const joinAddress = (stage) => joinLink(stage).replace(/^https?:\/\//, "");

/** @param {{stage: Stage, room: string, sheet: import("preact").RefObject<HTMLElement>}} props */
function Links({stage, room, sheet}) {
  const token = stage.teacherToken(), link = new URL(`r/${room}`, joinLink(stage)).href, student = stage.signal("role").value === "student", open = stage.signal("barOpen").value;
  const [large, enlarge] = useState(false);
  // Escape leaves it as well.
  useEffect(() => {
    const follow = () => enlarge(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", follow);
    return () => document.removeEventListener("fullscreenchange", follow);
  }, []);
  const fill = () => (document.fullscreenElement ? document.exitFullscreen() : sheet.current?.requestFullscreen());
  return html`<div class="share-links">
    <${Copy} label="Copy link" link=${link} />
    ${token && html`<${Copy} label="Copy the teacher’s link" link=${`${link}#teacher=${token}`} />`}
    ${!student && html`<a class="button" href=${at(`r/${room}?projector`)} target="_blank" rel="noopener">Projector view</a>`}
    ${teaches(stage) && !stage.signal("classroom").value?.students && html`<button aria-pressed=${open} onClick=${() => stage.openBar(!open)}>Class controls</button>`}
    ${document.fullscreenEnabled && html`<button aria-pressed=${large} onClick=${fill}>Full screen</button>`}
    <form method="dialog"><button class="primary">Close</button></form>
  </div>`;
}

/** @param {{label: string, link: string}} props */
function Copy({label, link}) {
  const [copied, setCopied] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
      window.setTimeout(() => setCopied(false), COPIED_MS);
    } catch {
      window.prompt(`${label}:`, link); // clipboards are shut where the page is not served securely
    }
  }
  return html`<button onClick=${copy}>${copied ? "Copied" : label}</button>`;
}
