// A run's losses as a small line. Pure.

/** Gaps where a loss is no number; what lies above the picture runs along its upper edge. @param {(number | null)[]} losses @param {number} highest @param {number} width @param {number} height */
export function sparkPath(losses, highest, width, height) {
  const across = width / Math.max(1, losses.length - 1);
  let path = "", drawing = false;
  losses.forEach((loss, index) => {
    if (loss !== null) path += `${drawing ? "L" : "M"}${(index * across).toFixed(1)} ${(height * (1 - Math.min(1, loss / highest))).toFixed(1)}`;
    drawing = loss !== null;
  });
  return path;
}
