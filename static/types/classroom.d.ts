// Shapes of what a class knows of itself. Types only: no browser loads this file.

/** A student's run at a glance; numbers are null when they are not finite, or not measured. */
interface Card {
  member: number; name: string | null; step: number; epoch: number; learning_rate: number;
  loss: number | null; train_loss: number | null; test_loss: number | null; best_loss: number | null; accuracy: number | null;
  status: State["status"];
  diagnosis: { kind: string; severity: string; sentence: string } | null;
  settings: CardSettings;
  curve: (number | null)[] | null;
  picture: { rows: number; columns: number; values: string; kind: string } | null;
}

interface CardSettings {
  depth: number; width: number; hidden: number[]; activation: string | string[]; initialiser: string; optimiser: string; batch_size: number;
  dataset: string; loss: string; normalisation: string; residual: boolean;
}

interface Question {
  number: number; text: string; options: string[]; open: boolean; voted: number;
  mine: number | null; votes: number[] | null; outcome: number | null;
  /** What running it sets: known to the teacher's tabs alone. */
  changes?: Record<string, unknown> | null;
}

/** A question before it is asked; `changes` are what running it sets. */
interface Draft { text: string; options: string[]; changes: Record<string, unknown> | null }

/** A run in the class curve: where it stands, and how low it once was; a loss is null when the run has diverged. */
interface ClassPoint { member: number; name: string; label: string; x: number; loss: number | null; best: number | null }

/** The class curve: dots over a logarithmic axis of rates, or over the values of another setting with the median of each. */
interface ClassPlot {
  points: ClassPoint[];
  rates: [number, number] | null;
  columns: { text: string; median: number | null }[];
  losses: [number, number];
}

interface State {
  board: Record<number, Card>;
  boardOpen: boolean | null;
  question: Question | null;
  forked: boolean;
}
