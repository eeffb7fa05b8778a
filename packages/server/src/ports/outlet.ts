/**
 * Where a feed sends its frames: one connection, of any transport. An outlet buffers a bounded number of
 * bytes. While it is full the feed does not send, and later reads what it missed from the log.
 */
import type { Frame } from './frame.ts'

export interface Outlet {
  /** Whether the outlet accepts another frame now. */
  canWrite(): boolean
  /**
   * Sends the frame, even where the outlet is full: the caller has checked `canWrite`, and the bound
   * allows for one frame more.
   */
  send(frame: Frame): void
  /** Calls `resume` once, when the outlet accepts frames again. */
  onDrain(resume: () => void): void
  /**
   * Whether little is on its way to the peer. Asked besides `canWrite` by feeds of records of which only
   * the last state counts: what waits for a slow peer is then a range of the log, and no frame that grows
   * old on the way.
   */
  isLineFree(): boolean
  /** Whether the peer was seen to take less than was sent: it gets small frames then, so that none takes long to arrive. */
  isLineSlow(): boolean
  /** Calls `resume` once, when the line may be free again. */
  onLineFree(resume: () => void): void
}
