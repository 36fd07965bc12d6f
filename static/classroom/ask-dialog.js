// The teacher's dialog of "Predict first": a ready question about the run on the stage, or an own one.

import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {told} from "../model/choices.js";
import {LEAST_OPTIONS, LONGEST, MOST_OPTIONS, lacking, readyQuestions} from "../model/questions.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** @type {Draft} */
const BLANK = {text: "", options: ["", ""], changes: null};

/** @param {{stage: Stage, dialog: import("preact").RefObject<HTMLDialogElement>}} props */
export function AskDialog({stage, dialog}) {
  const experiment = stage.signal("experiment").value, {fields} = stage.signal("description").value, [draft, write] = useState(BLANK), [tried, attempt] = useState(false);
  const ready = experiment ? readyQuestions(experiment, fields) : [], missing = lacking(draft);
  /** @param {Draft} next */
  function choose(next) {
    write(next);
    attempt(false);
  }
  /** @param {Event} event */
  function ask(event) {
    event.preventDefault();
    attempt(true);
    if (missing) return;
    stage.send({type: "question", text: draft.text.trim(), options: draft.options.map((option) => option.trim()).filter(Boolean), changes: draft.changes});
    dialog.current?.close();
    choose(BLANK);
  }
  return html`<dialog ref=${dialog} class="help ask" aria-labelledby="ask-title">
    <h2 id="ask-title">Ask the class</h2>
    <p class="hint">Everybody votes before the run answers. Nobody sees the votes until you reveal them.</p>
    <div class="ask-columns">
      <fieldset class="ready"><legend>Ready questions about this run</legend>
        ${ready.map((one) => html`<button type="button" key=${one.text} aria-pressed=${one.text === draft.text} onClick=${() => choose(one)}>${one.text}</button>`)}
        <button type="button" aria-pressed=${draft.changes === null} onClick=${() => choose(BLANK)}>Own question</button>
      </fieldset>
      <form onSubmit=${ask} noValidate>
        <label class="asking">Question
          <textarea rows="2" maxlength=${LONGEST.text} aria-label="Question text" value=${draft.text} onInput=${(/** @type {any} */ event) => write({...draft, text: event.target.value})}></textarea></label>
        <${Answers} options=${draft.options} write=${(/** @type {string[]} */ options) => write({...draft, options})} />
        ${draft.changes && html`<p class="hint">“Run it” will set ${told(draft.changes, fields)}. <button type="button" onClick=${() => write({...draft, changes: null})}>Set nothing</button></p>`}
        <p class="refused" role="alert">${tried ? missing : ""}</p>
        <div class="direction">
          <button class="primary" type="submit">Ask</button>
          <button type="button" onClick=${() => dialog.current?.close()}>Cancel</button>
        </div>
      </form>
    </div>
  </dialog>`;
}

/** @param {{options: string[], write: (options: string[]) => void}} props */
function Answers({options, write}) {
  return html`<fieldset class="answers"><legend>Answers</legend>
    ${options.map((option, index) => html`<div class="answer" key=${index}>
      <input type="text" maxlength=${LONGEST.option} aria-label=${`Answer ${index + 1}`} value=${option}
        onInput=${(/** @type {any} */ event) => write(options.with(index, event.target.value))} />
      ${options.length > LEAST_OPTIONS && html`<button type="button" class="close" aria-label=${`Remove answer ${index + 1}`} onClick=${() => write(options.toSpliced(index, 1))}>×</button>`}
    </div>`)}
    ${options.length < MOST_OPTIONS && html`<button type="button" onClick=${() => write([...options, ""])}>Add an answer</button>`}
  </fieldset>`;
}
