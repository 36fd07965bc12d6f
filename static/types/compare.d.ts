// Shapes of the page that compares runs. Types only: no browser loads this file.

/** What every part of the page receives. */
interface ComparePage {
  description: Description;
  runs: ComparedRun[];
  session: import("@preact/signals").Signal<CompareSession>;
  /** Why the runs cannot be compared. */
  fault: import("@preact/signals").Signal<CompareFault | null>;
  ending: import("@preact/signals").Signal<CompareEnding | null>;
  theme: import("@preact/signals").Signal<State["theme"]>;
  transport: Record<"play" | "pause" | "step" | "reset", () => void>;
  /** Choose a speed. */
  choose(speed: number): void;
  /** Open another comparison. */
  open(address: string): void;
  /** The address of this whole comparison. */
  address: string;
  toggleTheme(): void;
  /** Mount a view; the result takes it off again. */
  mount(root: HTMLElement, kind: string, index: number): () => void;
}

interface ComparedRun { signal: Signals; address: string }
interface CompareSession { ready: boolean; playing: boolean; over: boolean; speed: number }

/** A setting that the server or the page refuses; `run` counts from 0, null where the fault is not in one run. */
interface CompareFault { run: number | null; field: string; was: string; expected: string }

/** Why the connection of a run has ended for good. */
interface CompareEnding { closed: number | null; refusal: Refusal | null }
