// Lessons: which page is open, which one comes next, and what a page's scene is in commands.

/** The open page with its lesson, or null where there is none. @param {Lesson[]} lessons @param {OpenPage | null | undefined} open */
export function pageAt(lessons, open) {
  const lesson = lessons.find(({name}) => name === open?.name), page = lesson?.pages[(open?.page ?? 0) - 1];
  return lesson && page ? {lesson, page} : null;
}

/** Where a lesson begins. @param {Lesson} lesson @returns {OpenPage} */
export const beginning = ({name}) => ({name, page: 1});

/** The page after the open one, which may be the first of the next lesson; null after the last. @param {Lesson[]} lessons @param {OpenPage} open @returns {OpenPage | null} */
export function nextPage(lessons, {name, page}) {
  const at = lessons.findIndex((lesson) => lesson.name === name);
  if (page < lessons[at].pages.length) return {name, page: page + 1};
  return at + 1 < lessons.length ? beginning(lessons[at + 1]) : null;
}

/** The page before the open one, which may be the last of the lesson before; null before the first. @param {Lesson[]} lessons @param {OpenPage} open @returns {OpenPage | null} */
export function previousPage(lessons, {name, page}) {
  if (page > 1) return {name, page: page - 1};
  const before = lessons[lessons.findIndex((lesson) => lesson.name === name) - 1];
  return before ? {name: before.name, page: before.pages.length} : null;
}

/** All settings of a scene. @param {Scene} scene @param {Record<string, Field>} fields */
function settingsOf(scene, fields) {
  return {...Object.fromEntries(Object.values(fields).map((field) => [field.name, field.default])), ...scene.settings};
}

/** Whether an experiment is that of a scene. @param {Scene} scene @param {Experiment | null} experiment @param {Record<string, Field>} fields */
export function isSet(scene, experiment, fields) {
  if (!experiment) return false;
  /** @type {Record<string, unknown>} */
  const has = experiment;
  return Object.entries(settingsOf(scene, fields)).every(([name, value]) => JSON.stringify(has[name]) === JSON.stringify(value));
}

/** What begins the run of a scene: a new one, that goes on by itself. @param {Scene} scene @param {Description} description @returns {Command[]} */
export function commandsOf(scene, {fields}) {
  const plain = !Object.keys(scene.changes).length;
  return [
    plain ? {type: "preset", name: scene.preset} : {type: "set", changes: settingsOf(scene, fields), reset: true},
    {type: "speed", value: scene.speed},
    ...(plain ? [] : [/** @type {const} */ ({type: "play"})]),
  ];
}
