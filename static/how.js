// The page "How do we know?": asks the server to compute published results, and fills in what it gets.

import {at} from "./page/site.js";
import {started} from "./page/started.js";
import {followTheme} from "./page/theme.js";

/** @typedef {{quantity: string, published: string, ours: number | null, text: string, agreement: string, ok: boolean}} Row */
/** @typedef {{name: string, seconds: number, rows: Row[]}} Answer */

/** @param {ParentNode} within @param {string} selector */
function find(within, selector) {
  return /** @type {HTMLElement} */ (within.querySelector(selector));
}

const sections = [...document.querySelectorAll("section.entry")];
const everything = find(document, "#everything"), progress = find(document, "#progress");
/** Sections that wait for an answer. @type {Set<Element>} */
const asked = new Set();

/** @param {Element} section @returns {Promise<boolean>} whether every number agrees */
async function compute(section) {
  if (asked.has(section)) return false;
  asked.add(section);
  show(section, "busy", "Computing …");
  try {
    const answer = await ask(section.getAttribute("data-name") ?? "");
    fill(section, answer.rows);
    const apart = answer.rows.filter(({ok}) => !ok).length;
    const how = apart ? `${apart} of ${answer.rows.length} do not agree` : `All ${answer.rows.length} agree`;
    show(section, apart ? "apart" : "agrees", `${how}. Computed in ${duration(answer.seconds)}.`);
    return !apart;
  } catch (error) {
    show(section, "failed", `Could not be computed: ${error instanceof Error ? error.message : error}. Try again.`);
    return false;
  } finally {
    asked.delete(section);
  }
}

/** @param {string} name @returns {Promise<Answer>} */
async function ask(name) {
  const response = await fetch(at(`how/${name}`), {method: "POST"}).catch(() => {
    throw new Error("the server does not answer");
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.field}: was ${answer.was}, expected ${answer.expected}`);
  return answer;
}

/** @param {Element} section @param {Row[]} rows in the order of the table's */
function fill(section, rows) {
  section.querySelectorAll("tbody tr").forEach((line, index) => {
    const {text, ok} = rows[index], verdict = find(line, ".verdict");
    find(line, ".ours").textContent = text;
    verdict.textContent = ok ? "✓ agrees" : "✗ differs";
    verdict.dataset.ok = String(ok);
  });
}

/** @param {Element} section @param {string} state @param {string} text */
function show(section, state, text) {
  const outcome = find(section, ".outcome");
  section.setAttribute("aria-busy", String(state === "busy"));
  outcome.dataset.state = state;
  outcome.textContent = text;
  // Not `disabled`: the button would lose the keyboard's focus.
  find(section, "button").setAttribute("aria-disabled", String(state === "busy"));
}

/** @param {number} seconds */
function duration(seconds) {
  const ms = 1000 * seconds;
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${ms.toFixed(0)} ms` : `${seconds.toFixed(1)} s`;
}

/** One after the other: the server computes no two at a time. */
async function computeAll() {
  if (everything.getAttribute("aria-disabled") === "true") return;
  everything.setAttribute("aria-disabled", "true");
  let agreeing = 0;
  for (const [index, section] of sections.entries()) {
    progress.textContent = `Computing ${index + 1} of ${sections.length}: ${find(section, "h2").textContent} …`;
    if (await compute(section)) agreeing++;
  }
  const apart = sections.length - agreeing;
  progress.textContent = apart ? `${apart} of ${sections.length} sources are not reproduced.` : `All ${sections.length} sources are reproduced.`;
  everything.setAttribute("aria-disabled", "false");
}

/** One by itself: said aloud as well. @param {Element} section */
async function computeOne(section) {
  await compute(section);
  progress.textContent = `${find(section, "h2").textContent}: ${find(section, ".outcome").textContent}`;
}

const toggle = find(document, "#theme");
const theme = followTheme((name) => toggle.setAttribute("aria-label", name === "dark" ? "Light colours" : "Dark colours"));
toggle.addEventListener("click", theme.toggle);
everything.addEventListener("click", computeAll);
for (const section of sections) find(section, "button").addEventListener("click", () => computeOne(section));
for (const button of document.querySelectorAll("button")) button.hidden = false;
started();
