/**
 * Where a feed's frames go: one connection, whatever its transport. An outlet holds a bounded
 * number of bytes; when it is full the feed is behind, and the log is the queue.
 */
import type { Frame } from './frame.ts'

export interface Outlet {
  /** Whether there is room for another frame now. */
  hasRoom(): boolean
  /** Sends, room or not: the caller has asked, and one frame over the brim is within the bound. */
  send(frame: Frame): void
  /** Calls once when there is room again. */
  whenRoom(resume: () => void): void
}
