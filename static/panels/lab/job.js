// A long job of the lab as its instrument sees it: whether it runs, how far it is, what came of it.

import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {drives} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */
/**
 * @typedef {object} Job
 * @property {Answer | undefined} answer with all parts so far
 * @property {boolean} running from the button's press until a result, a refusal or its end
 * @property {number} progress from 0 to 1
 * @property {any} result
 * @property {(about: Record<string, unknown>) => void} start
 * @property {() => void} cancel
 */

/** @param {Stage} stage @param {string} what @returns {Job} */
export function useJob(stage, what) {
  const answer = stage.signal("answers").value[what], run = stage.signal("run").value?.run, [asked, setAsked] = useState(false);
  useEffect(() => { if (answer) setAsked(false); }, [answer]);
  useEffect(() => setAsked(false), [run]);
  const result = answer?.found?.result, unfinished = Boolean(answer?.found) && !result;
  return {
    answer, result, running: asked || unfinished, progress: asked ? 0 : answer?.found?.progress ?? 0,
    start(about) {
      setAsked(true);
      stage.forget(what);
      stage.send({type: "ask", what, about});
    },
    cancel() {
      setAsked(false);
      stage.send({type: "cancel"});
    },
  };
}

/** The buttons of a job, and how far it is. @param {{stage: Stage, job: Job, label: string, again: string, name: string, about: Record<string, unknown>, children?: unknown}} props */
export function JobBar({stage, job, label, again, name, about, children}) {
  const disabled = !drives(stage);
  return html`<div class="job">
    ${job.running
      ? html`<button onClick=${job.cancel} disabled=${disabled}>Cancel</button>
        <div class="progress" role="progressbar" aria-label=${name} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(100 * job.progress)}>
          <i style=${{width: `${100 * job.progress}%`}}></i></div>`
      : html`<button class=${job.result ? "" : "primary"} disabled=${disabled} onClick=${() => job.start(about)}>${job.result ? again : label}</button>${children}`}
  </div>`;
}

/** Why there is no result: one sentence, or nothing. @param {{stage: Stage, job: Job, empty: string}} props */
export function JobWords({stage, job: {answer, running, result}, empty}) {
  const watches = !stage.signal("driving").value;
  if (running) return html`<p role="status" class="explains">${answer ? "Measuring; the run goes on meanwhile." : "Starting …"}</p>`;
  if (answer?.refused) return html`<p role="status" class="refused">Not possible with this run: ${answer.refused.field} was ${answer.refused.was}; expected ${answer.refused.expected}.</p>`;
  if (answer?.cancelled) return html`<p role="status" class="explains">Cancelled. What had been measured until then stays in the picture.</p>`;
  if (result) return null;
  return html`<p class="explains">${watches ? "Whoever drives this room can start it; to try it yourself, open a room of your own." : empty}</p>`;
}
