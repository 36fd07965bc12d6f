// The page "Join": a room's code, typed as people type codes, and a name if somebody wants one.

import {tab} from "./live/connection.js";
import {at, ROOT} from "./page/site.js";
import {started} from "./page/started.js";
import {followTheme} from "./page/theme.js";

const NAME_KEY = "nablascope.name";

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
const element = (id) => /** @type {T} */ (document.getElementById(id));

const form = element("join"), go = element("go"), fault = element("fault");
/** @type {HTMLInputElement} */
const room = element("room");
/** @type {HTMLInputElement} */
const name = element("name");
const alphabet = form.dataset.alphabet ?? "", length = Number(form.dataset.length);

/** The code in what somebody has typed or pasted, be it a whole link. @param {string} text */
function codeIn(text) {
  const linked = text.match(/\/(?:r|join)\/(\w+)|[?&]room=(\w+)/);
  return (linked?.[1] ?? linked?.[2] ?? text).toUpperCase().replace(/[^A-Z0-9]/g, "").slice(0, length);
}

/** What is wrong with a code before anybody is asked, or "". @param {string} code */
function faultOf(code) {
  if (!code) return "Type the code of the room first.";
  const strange = [...code].find((letter) => !alphabet.includes(letter));
  if (strange) return `No code has the character ${strange}: look once more.`;
  if (code.length < length) return `A code has ${length} characters; this one has ${code.length}.`;
  return "";
}

/** What the server says of a code, or "" if there is such a room. @param {string} code */
async function refusalOf(code) {
  const response = await fetch(at(`rooms/${code}`), {headers: {"nablascope-tab": tab()}}).catch(() => null);
  if (response?.status === 204) return "";
  if (response?.status === 404) return `There is no room ${code}. Compare it with the code on the wall.`;
  if (response?.status === 429) {
    return `Too many wrong codes. Try again in ${Number(response.headers.get("retry-after")) || 60} seconds.`;
  }
  return "The server does not answer. Is this device in the right network?";
}

/** @param {string} text */
function say(text) {
  fault.textContent = text;
  room.setAttribute("aria-invalid", String(Boolean(text)));
  if (text) room.focus();
}

/** @param {Event} event */
async function join(event) {
  event.preventDefault();
  if (go.getAttribute("aria-disabled") === "true") return;
  const code = room.value = codeIn(room.value);
  say(faultOf(code));
  if (fault.textContent) return;
  go.setAttribute("aria-disabled", "true");
  const refusal = await refusalOf(code);
  go.removeAttribute("aria-disabled");
  say(refusal);
  if (refusal) return;
  const called = name.value.trim();
  if (called) sessionStorage.setItem(NAME_KEY, called);
  else sessionStorage.removeItem(NAME_KEY);
  location.assign(at(`r/${code}`));
}

function tidy() {
  const before = room.value, end = room.selectionStart ?? before.length;
  room.value = codeIn(before);
  const kept = codeIn(before.slice(0, end)).length;
  room.setSelectionRange(kept, kept);
  say("");
}

room.addEventListener("input", tidy);
form.addEventListener("submit", join);
const [, inPath = ""] = location.pathname.slice(ROOT.length).match(/^join\/(\w+)$/) ?? [];
room.value = codeIn(new URLSearchParams(location.search).get("room") ?? inPath);
name.value = sessionStorage.getItem(NAME_KEY) ?? "";
(room.value ? name : room).focus();

const dark = element("theme");
const theme = followTheme((chosen) => dark.setAttribute("aria-label", chosen === "dark" ? "Light colours" : "Dark colours"));
dark.addEventListener("click", theme.toggle);
dark.hidden = false;
started();
