// The rooms of a comparison, kept by this tab: a page that is loaded again enters them and opens no others.

const KEY = "nablascope.compared";
/** Comparisons whose rooms are kept: an address with a table of its own can be long. */
const MOST = 8;

/** The codes of rooms by the page's address, the latest first. @returns {[string, (string | null)[]][]} */
const kept = () => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");

/** The code of the room that a run was in when this address was open, or null. @param {string} address @param {number} index */
export const roomOf = (address, index) => kept().find(([one]) => one === address)?.[1][index] ?? null;

/** @param {string} address @param {number} index @param {string | null} room */
export function keepRoom(address, index, room) {
  const all = kept(), rooms = all.find(([one]) => one === address)?.[1] ?? [];
  rooms[index] = room;
  sessionStorage.setItem(KEY, JSON.stringify([[address, rooms], ...all.filter(([one]) => one !== address)].slice(0, MOST)));
}
