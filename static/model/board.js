// The class board's runs: their names, how far they came, their order. Pure.

/** What a diagnosis says in a few words. @type {Record<string, string>} */
const WORDS = {
  starting: "not begun", healthy: "learning", converged: "settled", plateau: "standing still", slow: "slow: η is small", stuck: "no gradient",
  vanishing: "vanishing", exploding: "exploding", diverged: "diverged", overfitting: "overfitting", coarse: "η is too large",
  oscillating: "oscillating", symmetric: "units alike", dead: "dead units", saturated: "saturated",
};

/** @param {Card} card */
export const wordsOf = ({diagnosis}) => (diagnosis ? (WORDS[diagnosis.kind] ?? diagnosis.sentence) : "");

/** @param {Card} card */
export const diverged = ({status}) => status === "diverged";

/** The loss that a run has reached: over all training samples, of the last batch where that was not measured; null after a divergence. @param {Card} card */
export const reached = (card) => (diverged(card) ? null : (card.train_loss ?? card.loss));

/** A name for every student: the own one, else the number in the class. @param {Card} card */
export const nameOf = ({member, name}) => name || `Student ${member}`;

/** @param {Card} one @param {Card} other */
const byLoss = (one, other) => (reached(one) ?? Infinity) - (reached(other) ?? Infinity);
/** @param {Card} one @param {Card} other */
const byRate = (one, other) => one.learning_rate - other.learning_rate;
/** Those without a name come after those with one. @param {Card} one @param {Card} other */
const byName = (one, other) =>
  Number(!one.name) - Number(!other.name) || (one.name ?? "").localeCompare(other.name ?? "", "en", {numeric: true, sensitivity: "base"});

/** Orders of the board by name. @type {Record<string, {label: string, compare: (one: Card, other: Card) => number}>} */
export const ORDERS = {
  loss: {label: "loss", compare: byLoss},
  learning_rate: {label: "learning rate", compare: byRate},
  name: {label: "name", compare: byName},
};

/** The cards in an order; diverged runs last, equals by their number in the class. @param {Card[]} cards @param {string} by a name in ORDERS */
export function sorted(cards, by) {
  const {compare} = ORDERS[by];
  return cards.toSorted((one, other) => Number(diverged(one)) - Number(diverged(other)) || compare(one, other) || one.member - other.member);
}

/** How many runs do what, worst first: what the class sees before it looks at any card. @param {Card[]} cards */
export function tally(cards) {
  const broken = cards.filter(diverged), finite = cards.filter((card) => reached(card) !== null);
  return {runs: cards.length, diverged: broken.length, lowest: finite.length ? finite.reduce((best, card) => (byLoss(card, best) < 0 ? card : best)) : null};
}

/** The loss at the upper edge of every card's curve, so that curves can be compared: somewhat more than what runs begin with. @param {Card[]} cards */
export function highestOf(cards) {
  const first = cards.map(({curve}) => curve?.find((loss) => loss !== null) ?? null).filter((loss) => loss !== null).sort((one, other) => one - other);
  return Number((1.4 * (first[first.length >> 1] || 1)).toPrecision(1)) || 1;
}

/** Bytes from their text. @param {string} text base64 */
export function bytesOf(text) {
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = letters.charCodeAt(index);
  return bytes;
}
