// A table of one's own: a CSV file, or rows that are pasted. The engine reads it, and says what is wrong with it by row and column.

import {html} from "htm/preact";
import {useEffect, useRef, useState} from "preact/hooks";
import {whole} from "../../model/numbers.js";
import {change} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */
/** @typedef {{was: string, expected: string}} Fault */

/** Bytes of a command are bounded; this leaves room for what stands around the text. */
const MOST_BYTES = 64_000;
/** So many columns are told one by one. */
const MOST_COLUMNS = 6;

/** @param {{stage: Stage, disabled: boolean, open: boolean, setOpen: (open: boolean) => void}} props */
export function OwnData({stage, disabled, open, setOpen}) {
  const run = stage.signal("run").value, refusal = stage.signal("refusal").value;
  const [name, setName] = useState(""), [text, setText] = useState(""), [fault, setFault] = useState(/** @type {Fault | null} */ (null));
  const sentAt = useRef(Infinity);
  // The banner goes after a while; what is wrong stays here until something else is tried.
  useEffect(() => { if (refusal?.field === "own_data" && refusal.at >= sentAt.current) setFault(refusal); }, [refusal]);

  /** @param {string} from @param {Fault | null} why */
  function refuse(from, why) {
    setName(from);
    setFault(why);
  }
  /** @param {string} table @param {string} from */
  function learn(table, from) {
    const why = faultOf(table);
    refuse(from, why);
    if (why) return;
    sentAt.current = performance.now();
    stage.withdraw("dataset");
    change(stage, {own_data: table});
  }
  /** @param {FileList | null | undefined} files */
  async function take(files) {
    const file = files?.[0];
    if (!file || disabled) return;
    if (file.size <= MOST_BYTES) learn(await textOf(file), file.name);
    else refuse(file.name, tooLong(file.size));
  }
  return html`<details class="own" aria-label="Your own data" open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}
    onDragOver=${(/** @type {DragEvent} */ event) => event.preventDefault()}
    onDrop=${(/** @type {DragEvent} */ event) => { event.preventDefault(); take(event.dataTransfer?.files); }}>
    <summary>Your own data</summary>
    ${run?.own && html`<${Columns} run=${run} own=${run.own} />`}
    ${!run?.own && html`<p class="explains">A table, a row for each sample: numbers, and last what the network shall say. A word there, or a whole number, is a class; any other number is a value to predict. Whoever sees the run can read the table.</p>`}
    <label class="file"><span>CSV file</span> <input type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" disabled=${disabled}
      onChange=${(/** @type {any} */ {target}) => { take(target.files).then(() => { target.value = ""; }); }} /><b>${!fault && run?.own && name}</b></label>
    <label>or rows, pasted <textarea rows="4" spellcheck="false" disabled=${disabled} value=${text} placeholder=${"hours,passed\n1.5,no\n4,yes"}
      onInput=${(/** @type {any} */ event) => setText(event.target.value)}></textarea></label>
    <button disabled=${disabled || !text.trim()} onClick=${() => learn(text, "")}>Learn these rows</button>
    ${fault && html`<p class="refused">${name && html`<b>${name}</b>, `}${fault.was.replace(/^['"]|['"]$/g, "")}; expected ${fault.expected}. Nothing was changed.</p>`}
  </details>`;
}

/** What the network's inputs are called in the table. @param {{run: Run, own: OwnTable}} props */
function Columns({run, own}) {
  const inputs = run.task === "regression" ? own.columns.slice(0, -1) : own.columns, predicted = own.columns[inputs.length];
  return html`<dl class="columns">
    ${inputs.slice(0, MOST_COLUMNS).map(({name, low, high}, index) => html`<div key=${index}><dt><var>x</var><sub>${index + 1}</sub> ${name}</dt><dd class="range">${range(low, high)}</dd></div>`)}
    ${inputs.length > MOST_COLUMNS && html`<div><dt>and ${inputs.length - MOST_COLUMNS} more inputs</dt><dd></dd></div>`}
    <div><dt>→ ${own.target}</dt><dd class=${predicted && "range"}>${predicted ? range(predicted.low, predicted.high) : run.labels.join(", ")}</dd></div>
  </dl><p class="explains">Every column of numbers is brought to −1 … 1.</p>`;
}

/** @param {number} low @param {number} high */
const range = (low, high) => `${low} … ${high}`.replaceAll("-", "−");

/** What can be seen before anybody reads the table. @param {string} text @returns {Fault | null} */
function faultOf(text) {
  if (text.startsWith("PK\u0003\u0004")) return {was: "a workbook", expected: "a CSV file: save the sheet as one"};
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
  return bytes > MOST_BYTES ? tooLong(bytes) : null;
}

/** @param {number} bytes @returns {Fault} */
const tooLong = (bytes) => ({was: `${whole(Math.ceil(bytes / 1000))} KB`, expected: `at most ${MOST_BYTES / 1000} KB: fewer rows or columns`});

/** A file as text: UTF-8, or what older spreadsheets write. @param {File} file */
async function textOf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", {fatal: true}).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
