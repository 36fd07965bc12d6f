// A button that asks first where something of others would end. Escape keeps it.

import {html} from "htm/preact";
import {useRef} from "preact/hooks";

/**
 * @param {object} props all others are the button's
 * @param {string} props.text on the button
 * @param {string} props.question what would end; "": nothing would, and nothing is asked
 * @param {string} props.yes @param {string} props.no what the answers are called
 * @param {boolean} [props.disabled] @param {() => void} props.act
 */
export function ConfirmButton({text, question, yes, no, disabled = false, act, ...more}) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null)), keep = useRef(/** @type {HTMLButtonElement | null} */ (null));
  function press() {
    if (!question) act();
    else {
      dialog.current?.showModal();
      keep.current?.focus();
    }
  }
  function confirm() {
    dialog.current?.close();
    act();
  }
  return html`<button ...${more} disabled=${disabled} aria-haspopup=${question ? "dialog" : undefined} onClick=${press}>${text}</button>
    <dialog ref=${dialog} class="banner ask-back" role="alertdialog" aria-label=${question || text}>
      <span>${question}</span>
      <button class="primary" disabled=${disabled} onClick=${confirm}>${yes}</button>
      <button ref=${keep} onClick=${() => dialog.current?.close()}>${no}</button>
    </dialog>`;
}
