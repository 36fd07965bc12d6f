// Predict first: the question over the stage. Students vote, the teacher runs it and reveals, everybody compares.

import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {told} from "../model/choices.js";
import {wayOf} from "../model/remedy.js";
import {plain, whole} from "../model/numbers.js";
import {shares} from "../model/questions.js";
import {change, drives} from "../panels/stage.js";
import {teaches} from "./class.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** @param {{stage: Stage}} props */
export function QuestionPanel({stage}) {
  const question = stage.signal("question").value, [hidden, hide] = useState(/** @type {number | null} */ (null));
  if (!question) return null;
  const away = hidden === question.number && !question.votes;
  return html`<section class="question" aria-label="Question" data-away=${away}>
    <div class="class-head">
      <h2>Predict first</h2>
      <span class="hint" role="status">${stateOf(question)}</span>
      <div class="direction">
        ${teaches(stage) && !away && html`<${Direction} stage=${stage} question=${question} />`}
        ${!question.votes && html`<button aria-expanded=${!away} onClick=${() => hide(away ? null : question.number)}>${away ? "Show the question" : "Hide the question"}</button>`}
      </div>
    </div>
    ${!away && html`<p class="asked"><bdi>${question.text}</bdi></p>
      ${question.votes
        ? html`<${Outcome} stage=${stage} question=${question} votes=${question.votes} /><${Now} stage=${stage} />`
        : html`<${Ballot} stage=${stage} question=${question} />`}`}
  </section>`;
}

/** @param {Question} question */
function stateOf({open, voted, mine, votes}) {
  const count = `${whole(voted)} ${voted === 1 ? "has" : "have"} voted`;
  if (votes) return count;
  return !open ? `${count}; voting is over` : mine === null ? count : `${count}; you can change your mind`;
}

/** The options: buttons for who may vote, lines for who may not. @param {{stage: Stage, question: Question}} props */
function Ballot({stage, question: {options, open, mine}}) {
  const votes = stage.signal("role").value === "student", live = stage.signal("connection").value === "live";
  return html`<div class="options" role=${votes ? "group" : "list"} aria-label="Answers">
    ${options.map((option, index) => votes
      ? html`<button key=${index} class="option" aria-pressed=${mine === index} disabled=${!open || !live} onClick=${() => stage.send({type: "vote", option: index})}>
          <span class="tick" aria-hidden="true">${mine === index ? "✓" : ""}</span><bdi>${option}</bdi></button>`
      : html`<div key=${index} class="option" role="listitem"><bdi>${option}</bdi></div>`)}
  </div>`;
}

/** The votes as bars; the outcome, once the teacher has marked it, is the one with the tick. @param {{stage: Stage, question: Question, votes: number[]}} props */
function Outcome({stage, question: {options, mine, outcome}, votes}) {
  const parts = shares(votes), marks = teaches(stage);
  return html`<ul class="votes" role="list" aria-label="Votes">
    ${options.map((option, index) => html`<li key=${index} data-outcome=${outcome === index} data-votes=${votes[index]}>
      <span class="bar-name"><bdi>${option}</bdi>${mine === index && html` <span class="hint">your vote</span>`}</span>
      <b class="bar-count">${whole(votes[index])}</b>
      <span class="bar"><i style=${{width: `${100 * parts[index]}%`}}></i></span>
      ${marks
        ? html`<button class="happened" aria-pressed=${outcome === index} onClick=${() => stage.send({type: "reveal", outcome: outcome === index ? null : index})}>${outcome === index && html`<span aria-hidden="true">✓ </span>`}This happened</button>`
        : html`<span class="happened">${outcome === index && html`<span aria-hidden="true">✓ </span>this happened`}</span>`}
    </li>`)}
  </ul>`;
}

/** Beside the predictions, what the run on the stage does. @param {{stage: Stage}} props */
function Now({stage}) {
  const pulse = stage.signal("pulse").value, diagnosis = stage.signal("diagnosis").value, forked = stage.signal("forked").value;
  if (!pulse || forked) return null;
  const loss = Number.isNaN(pulse.trainLoss) ? pulse.loss : pulse.trainLoss;
  return html`<p class="now">The run on the stage: step ${whole(pulse.step)}, loss <b>${plain(loss)}</b>${diagnosis && `. ${diagnosis.sentence}`}</p>`;
}

/** What the teacher does with it: run, reveal, close. @param {{stage: Stage, question: Question}} props */
function Direction({stage, question}) {
  const changes = question.changes, experiment = stage.signal("experiment").value, {fields} = stage.signal("description").value;
  function run() {
    if (!changes || !experiment) return;
    if (question.open) stage.send({type: "close_votes"});
    change(stage, changes, wayOf(changes, experiment, fields, false) === "anew");
    if (!stage.signal("playing").peek()) stage.send({type: "play"});
  }
  const done = changes && experiment && Object.entries(changes).every(([name, value]) => JSON.stringify(Object(experiment)[name]) === JSON.stringify(value));
  return html`
    ${changes && html`<button class="primary" disabled=${done || !drives(stage)} title=${told(changes, fields)} onClick=${run}>${done ? "It runs" : "Run it"}</button>`}
    ${!question.votes && html`<button class=${changes ? "" : "primary"} onClick=${() => stage.send({type: "reveal", outcome: null})}>Reveal</button>`}
    <button onClick=${() => stage.send({type: "close_question"})}>Close</button>`;
}
