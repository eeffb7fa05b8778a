/**
 * A channel's changes for the application's own code: a subscription whose outlet is a short queue. The log is the real
 * queue: a slow consumer reads on from there, and costs no memory.
 */
import { type Changes, type DownEvent, type Followed, type FollowOptions, formatCursor } from 'dovetail-protocol'
import type { Caller } from '../core/access/caller.ts'
import type { FollowContext } from '../core/read/context.ts'
import { type Subscription, subscribe } from '../core/read/subscribe.ts'
import { Failure } from '../core/rules/failure.ts'
import type { Frame } from '../ports/frame.ts'
import type { Outlet } from '../ports/outlet.ts'

/** Throws a `Failure`: `gone` where the channel is deleted, `store_unavailable` where the log can't be read now. */
export async function* follow(
  core: FollowContext,
  caller: Caller,
  channel: string,
  { after, signal }: FollowOptions,
): AsyncGenerator<Followed, void> {
  const queue = new FrameQueue()
  const subscription = await subscribe(core, caller, { channel, after: after ?? null, last: null }, queue, {
    signals: false,
    presence: false,
    demand: false,
    counted: true,
    maxBytes: null,
    onEnded: (reason) => queue.end(new Failure(reason === 'deleted' ? 'gone' : 'forbidden', `"${channel}" has ended.`)),
    onBroken: (error) => queue.end(Failure.from(error)),
  })
  const stop = (): void => queue.end(null)
  signal?.addEventListener('abort', stop)
  try {
    if (signal?.aborted) return
    const reset = resetOf(subscription)
    if (reset !== null) yield reset
    subscription.feed.begin()
    let epoch = subscription.epoch
    for await (const frame of queue.frames()) {
      const event = JSON.parse(frame.json) as DownEvent
      if (event.op === 'reset') {
        epoch = event.epoch
        yield { type: 'reset', reason: event.reason, cursor: event.cursor }
      } else if (event.op === 'changes') {
        epoch = event.epoch ?? epoch
        yield changesOf(event, frame, epoch)
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    subscription.feed.close()
  }
}

function resetOf({ reason, cursor }: Subscription): Followed | null {
  return reason === null ? null : { type: 'reset', reason, cursor }
}

function changesOf({ from, to, changes }: Changes, { cursor }: Frame, epoch: string | null): Followed {
  return { type: 'changes', from, to, cursor: cursor ?? formatCursor(epoch, to), changes }
}

/** As many frames as one flush has wait for the consumer; more stay in the log. */
const maxFrames = 16

class FrameQueue implements Outlet {
  readonly #frames: Frame[] = []
  readonly #drained: (() => void)[] = []
  #resume: () => void = () => {}
  #over: { readonly failure: Failure | null } | null = null

  canWrite(): boolean {
    return this.#over === null && this.#frames.length < maxFrames
  }

  send(frame: Frame): void {
    this.#frames.push(frame)
    this.#resume()
  }

  onDrain(resume: () => void): void {
    this.#drained.push(resume)
  }

  /** Where only a record's last state counts, the next frame is made when the consumer has taken this one. */
  isLineFree(): boolean {
    return this.#frames.length === 0
  }

  isLineSlow(): boolean {
    return false
  }

  onLineFree(resume: () => void): void {
    this.#drained.push(resume)
  }

  end(failure: Failure | null): void {
    this.#over ??= { failure }
    this.#resume()
  }

  async *frames(): AsyncGenerator<Frame, void> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame !== undefined) {
        yield frame
        if (this.#frames.length === 0) for (const resume of this.#drained.splice(0)) resume()
      } else if (this.#over !== null) {
        if (this.#over.failure !== null) throw this.#over.failure
        return
      } else
        await new Promise<void>((resolve) => {
          this.#resume = resolve
        })
    }
  }
}
