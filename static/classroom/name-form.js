// A name in a field, to be saved or left as it was. Escape leaves it.

import {html} from "htm/preact";

/** @param {{label: string, name: string, save: (name: string) => void, end: () => void}} props */
export function NameForm({label, name, save, end}) {
  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const text = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name")).trim();
    if (text) save(text);
    end();
  }
  /** @param {KeyboardEvent} event */
  function leave(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    end();
  }
  return html`<form class="rename" onSubmit=${submit}>
    <input name="name" aria-label=${label} maxlength="24" autocomplete="off" defaultValue=${name} ref=${(/** @type {HTMLInputElement | null} */ input) => input?.focus()} onKeyDown=${leave} />
    <button class="primary">Save</button><button type="button" onClick=${end}>Cancel</button>
  </form>`;
}
