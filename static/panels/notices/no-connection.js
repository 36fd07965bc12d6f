// Why there is no connection, in words, and what can be done: on the stage and where runs are compared.

import {html} from "htm/preact";
import {NOT_WELCOME, REPLACED, TOO_MANY} from "../../model/closing.js";
import {socketAddress} from "../../page/site.js";

/** Where a network lets no WebSockets through: what its administrator can do. */
export const blocked = () => `This network blocks WebSockets, over which the runs reach this page. Ask its administrator to let WebSocket
  connections (HTTP Upgrade) through to ${socketAddress()}. Trying again.`;

/** Where it has ended for good. @param {{subject: string, closed: number | null, refusal: Refusal | null, openRoom: () => void}} props subject: with its verb; closed: the socket's code */
export function Ended({subject, closed, refusal, openRoom}) {
  const again = () => location.reload();
  if (closed === REPLACED) return html`<p class="banner">${subject} open in another tab now. <button onClick=${again}>Use it here</button></p>`;
  if (refusal?.code === "busy") return html`<p class="banner">${refusal.was[0].toUpperCase() + refusal.was.slice(1)} within a short time. The server expects ${refusal.expected}. <button onClick=${again}>Try again</button></p>`;
  if (refusal?.code === "full") return html`<p class="banner">There is no place left at the moment: ${refusal.expected}. <button onClick=${again}>Try again</button></p>`;
  if (closed === TOO_MANY) return html`<p class="banner">Too many wrong codes: wait a minute. <button onClick=${again}>Try again</button></p>`;
  if (closed === NOT_WELCOME) {
    return refusal?.code === "locked"
      ? html`<p class="banner">The teacher has locked this class: nobody else can join at the moment. <button onClick=${again}>Try again</button></p>`
      : html`<p class="banner">The teacher has taken this browser tab out of the class. <button onClick=${openRoom}>Open a room of your own</button></p>`;
  }
  if (refusal?.code === "unreadable") {
    return html`<p class="banner">This room is damaged on the server’s disk and could not be read. <button onClick=${again}>Try again</button> <button onClick=${openRoom}>Open a new room</button></p>`;
  }
  return html`<p class="banner">This room is not open any more. <button onClick=${openRoom}>Open a new room</button></p>`;
}
