import type { Frame } from '../ports/frame.ts'
import type { Outlet } from '../ports/outlet.ts'

/** An outlet whose room the test opens and closes. */
export class GateOutlet implements Outlet {
  readonly frames: Frame[] = []
  #room: number
  #waiting: (() => void)[] = []

  /** `room`: how many frames it takes before it is full. */
  constructor(room = Number.POSITIVE_INFINITY) {
    this.#room = room
  }

  hasRoom(): boolean {
    return this.#room > 0
  }

  send(frame: Frame): void {
    this.frames.push(frame)
    this.#room--
  }

  whenRoom(resume: () => void): void {
    this.#waiting.push(resume)
  }

  /** How many wait for room. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Makes room for so many frames and tells whoever waits. */
  open(room = Number.POSITIVE_INFINITY): void {
    this.#room = room
    for (const resume of this.#waiting.splice(0)) resume()
  }

  shut(): void {
    this.#room = 0
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
