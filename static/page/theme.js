// Light or dark: follows the system until somebody chooses. The canvases' colours are read from the style sheet.

const KEY = "nablascope.theme";
const NAMES = [
  "page", "panel", "panel-edge", "sunk", "ink", "ink-soft", "grid", "accent", "accent-ink", "good", "note", "warning", "critical",
  "value-minus", "value-zero", "value-plus", "gradient-minus", "gradient-zero", "gradient-plus",
  "class-0", "class-1", "class-2", "class-3", "forward", "backward", "loss", "update", "layer-0", "layer-1", "layer-2", "layer-3", "layer-4",
  "run-0", "run-1", "run-2", "run-3", "font",
];

/** @returns {Palette} */
export function readPalette() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** @param {(theme: State["theme"]) => void} onChange called at once, and at every change */
export function followTheme(onChange) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    const chosen = localStorage.getItem(KEY);
    const theme = (chosen ?? (system.matches ? "dark" : "light")) === "dark" ? "dark" : "light";
    document.documentElement.dataset.theme = theme;
    onChange(theme);
  }
  system.addEventListener("change", apply);
  apply();
  return {
    toggle() {
      localStorage.setItem(KEY, document.documentElement.dataset.theme === "dark" ? "light" : "dark");
      apply();
    },
  };
}
