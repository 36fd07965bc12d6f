// What a setting's values are called, and changes that wait for an answer. Pure.

/** The label of a choice by its name; what is none has its own text, or another one. @param {{choices?: Choice[]} | undefined} field @param {unknown} value @param {string} [otherwise] */
export const labelOf = (field, value, otherwise = String(value)) => field?.choices?.find(({name}) => name === value)?.label ?? otherwise;

/** So many values of one setting are read in passing. */
const MOST_TOLD = 8;

/** Changes in words. @param {Record<string, unknown>} changes @param {Record<string, Field>} fields */
export function told(changes, fields) {
  return Object.entries(changes).map(([name, value]) => {
    if (fields[name]?.kind === "optional_table" && value !== null) return `${fields[name].label}: a table`;
    const words = (/** @type {unknown} */ one) => labelOf(fields[name], one, one === null ? "none" : typeof one === "boolean" ? (one ? "on" : "off") : String(one));
    const several = Array.isArray(value) && (value.length > MOST_TOLD ? `${value.length} values` : value.map(words).join(", "));
    return `${fields[name]?.label ?? name}: ${several || words(value)}`;
  }).join("; ");
}

/** Two new starts that are asked back become one. @param {Confirm | null} before @param {Confirm} confirm @returns {Confirm} */
export function together(before, confirm) {
  return {...confirm, changes: {...before?.changes, ...confirm.changes}};
}

/** The same but for one setting; null when nothing is left. @param {Confirm | null} confirm @param {string} setting @returns {Confirm | null} */
export function without(confirm, setting) {
  if (!confirm) return null;
  const {[setting]: _, ...changes} = confirm.changes;
  return Object.keys(changes).length ? {...confirm, changes} : null;
}
