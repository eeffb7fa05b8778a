/** What a reader is told besides changes: that it is no longer subscribed, or that what it holds is void. */
import { type EndedReason, formatCursor, type ResetReason } from '@dovetail/protocol'
import { Frame } from '../ports/frame.ts'

/** Replaces what was known of who is here; `users` is JSON text. */
export function presentFrame(channel: string, users: string): Frame {
  return new Frame('presence', `{"op":"presence","channel":"${channel}","all":${users}}`)
}

export function endedFrame(channel: string, reason: EndedReason): Frame {
  return new Frame('ended', JSON.stringify({ op: 'ended', channel, reason }))
}

/** `head` is where the reader goes on from. */
export function resetFrame(channel: string, reason: ResetReason, epoch: string | null, head: number): Frame {
  const cursor = formatCursor(epoch, head)
  return new Frame('reset', JSON.stringify({ op: 'reset', channel, reason, epoch, cursor }), cursor)
}
