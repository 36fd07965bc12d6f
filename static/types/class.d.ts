// Shapes of who is in a class and where they look. Types only: no browser loads this file.

/** Where the presenter's pointer is: a drawing of the stage, and the place in it from 0 to 1. */
interface Pointer { region: string; x: number; y: number }
interface Look { selection: Place | null; lab: string | null; ladder: State["ladder"]; lesson: OpenPage | null; pointer: Pointer | null }

/** One browser tab in a class, as its teachers see it. */
interface Member {
  member: number; name: string | null; role: "teacher" | "student" | "projector"; hand: boolean; forked: boolean; connected: boolean; driving: boolean;
}

interface Classroom {
  students: number; forks: number; allow_forks: boolean; locked: boolean; paused: boolean; names_hidden: boolean; teacher: boolean;
  /** Who has the controls: null while it is a teacher. */
  driver: number | null; driver_name: string | null;
  /** Whose run everybody sees: null for the class's own. */
  on_stage: number | null; on_stage_name: string | null;
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
}
