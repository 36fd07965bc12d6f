// What a setting's values are called. Pure.

/** The label of a choice by its name; what is none has its own text, or another one. @param {{choices?: Choice[]} | undefined} field @param {unknown} value @param {string} [otherwise] */
export const labelOf = (field, value, otherwise = String(value)) => field?.choices?.find(({name}) => name === value)?.label ?? otherwise;
