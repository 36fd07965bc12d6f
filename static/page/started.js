// Tells the script that stands in every page (start.js) that its modules have come and run.

export function started() {
  document.dispatchEvent(new Event("started"));
}
