import type { Frame } from '../../ports/frame.ts'
import type { Outlet } from '../../ports/outlet.ts'

/** An outlet whose capacity the test sets. */
export class GateOutlet implements Outlet {
  readonly frames: Frame[] = []
  lineIsFree = true
  lineIsSlow = false
  onSend = (): void => {}
  #capacity: number
  #waiting: (() => void)[] = []

  /** `capacity`: how many frames it takes before it is full. */
  constructor(capacity = Number.POSITIVE_INFINITY) {
    this.#capacity = capacity
  }

  canWrite(): boolean {
    return this.#capacity > 0
  }

  send(frame: Frame): void {
    this.frames.push(frame)
    this.onSend()
    this.#capacity--
  }

  isLineFree(): boolean {
    return this.lineIsFree
  }

  isLineSlow(): boolean {
    return this.lineIsSlow
  }

  onLineFree(resume: () => void): void {
    this.#waiting.push(resume)
  }

  onDrain(resume: () => void): void {
    this.#waiting.push(resume)
  }

  /** How many callers wait for the outlet to drain. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Sets the capacity and calls everyone who waits for the outlet to drain. */
  open(capacity = Number.POSITIVE_INFINITY): void {
    this.#capacity = capacity
    for (const resume of this.#waiting.splice(0)) resume()
  }

  shut(): void {
    this.#capacity = 0
  }

  /** The frames' JSON, as a client parses it. */
  get messages(): readonly Readonly<Record<string, unknown>>[] {
    return this.frames.map((frame) => JSON.parse(frame.json) as Record<string, unknown>)
  }

  /** `from-to:revisions` of each range of changes, and the op of every other message. */
  get story(): readonly string[] {
    return this.messages.map((message) => {
      if (message.op !== 'changes') return `${message.op}${message.reason === undefined ? '' : ` ${message.reason}`}`
      const changes = message.changes as { record: { rev: number } }[]
      return `${message.from}-${message.to}:${changes.map(({ record }) => record.rev).join()}`
    })
  }
}
