// Shapes of a class: who is in it, where they look, what is asked, and what its runs tell. Types only: no browser loads this file.

/** Where the presenter's pointer is: a drawing of the stage, and the place in it from 0 to 1. */
interface Pointer { region: string; x: number; y: number }
interface Look { selection: Place | null; lab: string | null; ladder: State["ladder"]; lesson: OpenPage | null; pointer: Pointer | null }

/** One browser tab in a class, as its teachers see it. */
interface Member {
  member: number; name: string | null; role: "teacher" | "student" | "projector"; hand: boolean; forked: boolean; connected: boolean; driving: boolean;
}

/** How the class board stands; `open` null: as soon as there is a run. */
type Arrangement = Required<Extract<Command, { type: "arrange" }>["arrangement"]>;

interface Classroom {
  students: number; forks: number; allow_forks: boolean; locked: boolean; paused: boolean; names_hidden: boolean; teacher: boolean; arrangement: Arrangement;
  /** Who has the controls: null while it is a teacher. */
  driver: number | null; driver_name: string | null;
  /** Whose run everybody sees: null for the class's own. */
  on_stage: number | null; on_stage_name: string | null;
}

/** A student's run at a glance; numbers are null when they are not finite, or not measured. */
interface Card {
  member: number; name: string | null; step: number; epoch: number; learning_rate: number;
  loss: number | null; train_loss: number | null; test_loss: number | null; best_loss: number | null; accuracy: number | null;
  status: State["status"];
  diagnosis: { kind: string; severity: string; sentence: string } | null;
  settings: CardSettings;
  curve: (number | null)[] | null;
  picture: { classes: number; rows: number; columns: number; values: string; kind: string } | null;
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
  /** Why the connection has ended for good: the socket's code. */
  closed: number | null;
  /** Whether this is the teacher's tab that has the class. */
  leading: boolean;
  hand: boolean;
  classroom: Classroom | null;
  members: Member[];
  /** Whether the teacher has opened the class's controls before anybody has joined. */
  barOpen: boolean;
  /** Where the presenter looks, as it was told last. */
  look: Look | null;
  /** Whether this browser shows what the presenter selects. */
  following: boolean;
  /** Whether the pointer over a drawing is shown to everybody, and where it is. */
  pointing: boolean;
  pointer: Pointer | null;
  board: Record<number, Card>;
  question: Question | null;
  forked: boolean;
}
