// Tells a network that lets no WebSockets through from a connection that is lost: the server answers to all else.

import {at} from "../page/site.js";

/** Attempts in a row that fail although the server has answered right before them: one alone may meet its restart. */
const ENOUGH = 2;
const ANSWER_MS = 5000;

/** Whether this server answers now. A page that a network shows instead, to log in, is no answer. */
async function answers() {
  const giveUp = new AbortController(), timer = window.setTimeout(() => giveUp.abort(), ANSWER_MS);
  try {
    const response = await fetch(at("healthz"), {cache: "no-store", signal: giveUp.signal});
    return response.ok && typeof (await response.json()).version === "string";
  } catch {
    return false;
  } finally {
    window.clearTimeout(timer);
  }
}

/** What is known of the way to the server. */
export function createReach() {
  let answered = false, failures = 0;
  return {
    /** The server answered when it was last asked. */
    answered: () => answered,
    opened() {
      answered = false;
      failures = 0;
    },
    /** An attempt has failed without opening. @param {boolean} before whether the server had answered before it @returns {Promise<boolean>} whether WebSockets are blocked */
    async failed(before) {
      answered = await answers();
      failures = before && answered ? failures + 1 : 0;
      return failures >= ENOUGH;
    },
  };
}
