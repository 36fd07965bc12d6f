// Shapes of lessons: pages to read beside the stage. Types only: no browser loads this file.

/** What a page puts on the stage: the settings that differ from the defaults, and where one looks then. */
interface Scene {
  preset: string; changes: Record<string, unknown>; settings: Record<string, unknown>; speed: number;
  selection: Place | null; lab: string | null; ladder: State["ladder"];
}
interface LessonPage { name: string; title: string; scene: Scene }
interface Lesson { name: string; title: string; pages: LessonPage[] }

/** The page that is open; pages count from 1. */
interface OpenPage { name: string; page: number }

interface Description { lessons?: Lesson[] }

interface State { lesson: OpenPage | null }
