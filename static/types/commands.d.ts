// What a browser may say. Types only: no browser loads this file.
// Made by tests/support/browser_types.py from the models in server/wire: change that, not this.

type Command =
  | { type: "hello"; protocol: 1; room?: string | null; token?: string | null; experiment?: string | null; name?: string | null; tab?: string | null; projector?: boolean }
  | { type: "set"; changes: Record<string, unknown>; reset?: boolean }
  | { type: "preset"; name: string }
  | { type: "speed"; value: number }
  | { type: "play" | "pause" | "layer" | "step" | "back" | "reset" | "rewind" }
  | { type: "advance"; steps: number; pictures?: boolean }
  | { type: "visit"; step: number }
  | { type: "ack"; seq: number }
  | { type: "history"; since: number }
  | { type: "ask"; what: string; about?: Record<string, unknown> }
  | { type: "cancel" }
  | { type: "again" }
  | { type: "fork" | "follow" | "recall" | "start_here" | "take" | "close_votes" | "close_question" }
  | { type: "name"; name: string | null }
  | { type: "hand"; raised: boolean }
  | { type: "allow_forks"; allowed: boolean }
  | { type: "lock"; locked: boolean }
  | { type: "pause_all"; paused: boolean }
  | { type: "hide_names"; hidden: boolean }
  | { type: "arrange"; arrangement: { open?: boolean | null; whole?: boolean; by?: "loss" | "learning_rate" | "name"; show?: "boundary" | "curve"; across?: "learning_rate" | "depth" | "width" | "activation" | "initialiser" | "optimiser" | "batch_size" } }
  | { type: "rename"; member: number; name: string | null }
  | { type: "remove"; member: number }
  | { type: "give" | "bring"; member: number | null }
  | { type: "look"; look: { selection?: { kind: string; layer?: number | null; unit?: number | null; source?: number | null } | null; lab?: string | null; ladder?: string | null; lesson?: { name: string; page: number } | null; pointer?: { region: string; x: number; y: number } | null } }
  | { type: "question"; text: string; options: Array<string>; changes?: Record<string, unknown> | null }
  | { type: "vote"; option: number }
  | { type: "reveal"; outcome?: number | null };

type ButtonName =
  | "play"
  | "pause"
  | "layer"
  | "step"
  | "back"
  | "reset"
  | "rewind";
