// The lesson: a page to read beside the stage, and the button that sets the stage for it. The texts come with the page, as templates.

import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef} from "preact/hooks";
import {labelOf} from "../../model/choices.js";
import {beginning, isSet, nextPage, pageAt, previousPage} from "../../model/lessons.js";
import {rate} from "../../model/numbers.js";
import {nameOf} from "../../model/place.js";
import {TABS} from "../lab/lab.js";
import {drives} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */

const LADDERS = {gradient: "", delta: "the ladder shows ‖δ‖", ratio: "the ladder shows ‖ΔW‖ / ‖W‖"};

/** @param {Stage} stage */
const lessonsOf = (stage) => stage.signal("description").value.lessons ?? [];

/** The button in the top bar. @param {{stage: Stage}} props */
export function LessonButton({stage}) {
  const open = stage.signal("lesson").value, last = useRef(/** @type {OpenPage | null} */ (null)), [first] = lessonsOf(stage);
  if (open) last.current = open;
  return first && html`<button aria-expanded=${open !== null} aria-controls=${open ? "lesson" : undefined} title="Pages to read, which set the stage"
    onClick=${() => stage.openLesson(open ? null : last.current ?? beginning(first))}>Lesson</button>`;
}

/** @param {{stage: Stage}} props */
export function Lesson({stage}) {
  const lessons = lessonsOf(stage), open = stage.signal("lesson").value, found = pageAt(lessons, open);
  if (!open || !found) return null;
  const {lesson, page} = found, where = `Page ${open.page} of ${lesson.pages.length}`;
  return html`<section class="panel lesson" id="lesson" aria-label="Lesson">
    <div class="lesson-head">
      <select aria-label="Lessons" value=${lesson.name} onChange=${(/** @type {any} */ event) => stage.openLesson({name: event.target.value, page: 1})}>
        ${lessons.map(({name, title}) => html`<option key=${name} value=${name} selected=${name === lesson.name}>${title}</option>`)}
      </select>
      <p class="lesson-name">${lesson.title}</p>
      <button class="close" aria-label="Close the lesson" onClick=${() => stage.openLesson(null)}>×</button>
    </div>
    <h2>${page.title}</h2>
    <${Text} name=${`lesson-${lesson.name}-${page.name}`} title=${page.title} />
    <${SetTheStage} stage=${stage} scene=${page.scene} />
    <div class="lesson-turn" role="group" aria-label="Pages">
      <${Turn} stage=${stage} to=${previousPage(lessons, open)} open=${open} label="Previous" sign="‹" />
      <p>${where}</p>
      <${Turn} stage=${stage} to=${nextPage(lessons, open)} open=${open} label="Next" sign="›" />
    </div>
    <p class="hidden" role="status">${lesson.title}, ${where}: ${page.title}</p>
  </section>`;
}

/** A template's content, which scrolls where it has to. @param {{name: string, title: string}} props */
function Text({name, title}) {
  const root = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById(name)), shown = /** @type {HTMLElement} */ (root.current);
    shown.replaceChildren(document.importNode(template.content, true));
    shown.scrollTop = 0;
  }, [name]);
  return html`<div class="lesson-text" role="article" tabindex="0" aria-label=${title} ref=${root}></div>`;
}

/** Never really disabled: the button would lose the keyboard's focus. @param {{stage: Stage, to: OpenPage | null, open: OpenPage, label: string, sign: string}} props */
function Turn({stage, to, open, label, sign}) {
  const name = `${label} ${to && to.name !== open.name ? "lesson" : "page"}`;
  return html`<button aria-label=${name} title=${name} aria-disabled=${to === null} onClick=${() => to && stage.openLesson(to)}>
    <span aria-hidden="true">${sign}</span></button>`;
}

/** For whoever drives this run. @param {{stage: Stage, scene: Scene}} props */
function SetTheStage({stage, scene}) {
  const experiment = stage.signal("experiment").value, description = stage.signal("description").value;
  const words = useMemo(() => wordsOf(scene, description), [scene, description]);
  if (!stage.signal("driving").value) return null;
  const off = !drives(stage) || (stage.signal("classroom").value?.paused ?? false), done = isSet(scene, experiment, description.fields);
  return html`<div class="lesson-scene">
    <button class="primary" disabled=${off} aria-describedby="lesson-scene" onClick=${() => stage.setScene(scene)}>Set the stage</button>
    <p id="lesson-scene">${done ? html`<b>✓ On the stage.</b> Again, from the beginning: ` : "A new run: "}${words}.</p>
  </div>`;
}

/** What the button does. @param {Scene} scene @param {Description} description */
function wordsOf({preset, changes, speed, selection, lab, ladder}, {fields, speeds}) {
  const pace = speeds.names[speed], place = selection && nameOf(selection);
  return [
    preset, ...Object.entries(changes).map(([name, value]) => changed(fields[name], value)), pace.includes("/") ? `at ${pace}` : `in ${pace}`,
    place && `the inspector shows ${place[0].toLowerCase()}${place.slice(1)}`, lab && `the lab shows “${TABS[lab].title}”`, LADDERS[ladder],
  ].filter(Boolean).join(", ");
}

/** @param {Field} field @param {any} value */
function changed(field, value) {
  const {name, label} = field;
  if (name === "learning_rate") return `η = ${rate(value)}`;
  if (name === "hidden") return `${value.length} hidden layers`;
  return `${label.toLowerCase()} ${labelOf(field, value)}`;
}
