// What went wrong, in words: a lost connection, a refused setting, a replaced process, a room that is no more.

import {html} from "htm/preact";
import {useEffect} from "preact/hooks";

const REFUSAL_MS = 8000;

/** @param {{stage: import("./stage.js").Stage}} props */
export function Banner({stage}) {
  const connection = stage.signal("connection").value, refusal = stage.signal("refusal").value;
  const notice = stage.signal("notice").value;
  useEffect(() => {
    if (!refusal && !notice) return undefined;
    const timer = window.setTimeout(stage.dismiss, REFUSAL_MS);
    return () => window.clearTimeout(timer);
  }, [refusal, notice]);
  const gone = connection === "gone";
  return html`<div class="banners">
    <div role="status">
      ${connection === "lost" && html`<p class="banner">Connection lost. Trying again; the run is kept.</p>`}
      ${gone && html`<p class="banner">This room is not open any more. <button onClick=${stage.openRoom}>Open a new room</button></p>`}
      ${notice && html`<p class="banner">${notice} <button aria-label="Dismiss" onClick=${stage.dismiss}>×</button></p>`}
    </div>
    <div role="alert">${refusal && !gone && html`<p class="banner refusal"><b>${refusal.field.replaceAll("_", " ")}</b> was ${refusal.was}; expected ${refusal.expected}.
      <button aria-label="Dismiss" onClick=${stage.dismiss}>×</button></p>`}</div>
  </div>`;
}
