// "Compare with …": the run on the stage beside itself with one setting changed, from the same seed on the same batches.

import {html} from "htm/preact";
import {useRef, useState} from "preact/hooks";
import {variationsOf} from "../../model/variations.js";

/** @param {{stage: import("../stage.js").Stage}} props */
export function CompareWith({stage}) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const begun = stage.signal("form").value !== null, [rows, setRows] = useState(/** @type {ReturnType<typeof variationsOf>} */ ([]));
  function open() {
    const experiment = stage.signal("experiment").value, {fields} = stage.signal("description").value;
    setRows(experiment ? variationsOf(stage.address(), experiment, fields) : []);
    dialog.current?.showModal();
  }
  return html`<button disabled=${!begun} aria-haspopup="dialog" title="Two to four runs side by side" onClick=${open}>Compare<span class="rest"> with …</span></button>
    <dialog ref=${dialog} class="help compare-with" aria-labelledby="compare-with-title">
      <h2 id="compare-with-title">Compare this run with …</h2>
      <p>Each begins anew, with the same seed, samples and batches. What shall be different?</p>
      <ul>${rows.map(({label, values, addresses}) => html`<li key=${label}><button onClick=${() => stage.compare(addresses)}>
        <b>${label}</b> <span>${values}</span></button></li>`)}</ul>
      <form method="dialog"><button class="primary">Close</button></form>
    </dialog>`;
}
