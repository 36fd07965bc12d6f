// How bad a diagnosis is, as a sign beside its words.

/** @type {Record<string, string>} */
export const SIGNS = {good: "✓", note: "·", warning: "!", critical: "✗"};
