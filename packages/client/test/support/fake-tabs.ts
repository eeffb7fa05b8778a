interface Waiting {
  readonly options: LockOptions
  readonly run: (lock: Lock | null) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Web Locks of one origin: exclusive ones, with `signal`, `ifAvailable` and `steal`. */
export class FakeLocks {
  readonly #held = new Map<string, Waiting>()
  readonly #queues = new Map<string, Waiting[]>()

  request(name: string, ...rest: [LockOptions, Waiting['run']] | [Waiting['run']]): Promise<unknown> {
    const [options, run] = rest.length === 1 ? [{}, rest[0]] : rest
    return new Promise((resolve, reject) => {
      const waiting = { options, run, resolve, reject }
      const queue = this.#queues.get(name) ?? []
      this.#queues.set(name, queue)
      options.signal?.addEventListener('abort', () => {
        const index = queue.indexOf(waiting)
        if (index >= 0) reject(queue.splice(index, 1)[0]?.options.signal?.reason)
      })
      if (options.steal) {
        this.#held.get(name)?.reject(new DOMException('stolen', 'AbortError'))
        this.#held.delete(name)
        queue.unshift(waiting)
      } else queue.push(waiting)
      queueMicrotask(() => this.#grant(name))
    })
  }

  get held(): number {
    return this.#held.size
  }

  #grant(name: string): void {
    const queue = this.#queues.get(name) ?? []
    const next = queue[0]
    if (next === undefined) return
    if (this.#held.has(name)) {
      const spare = queue.findIndex(({ options }) => options.ifAvailable)
      const [refused] = spare < 0 ? [] : queue.splice(spare, 1)
      if (refused) Promise.resolve(refused.run(null)).then(refused.resolve, refused.reject)
      return
    }
    queue.shift()
    this.#held.set(name, next)
    const release = () => {
      if (this.#held.get(name) === next) this.#held.delete(name)
      this.#grant(name)
    }
    Promise.resolve(next.run({ name, mode: 'exclusive' }))
      .then(next.resolve, next.reject)
      .finally(release)
  }
}

/** A `BroadcastChannel` class: all other instances of the same name receive what one posts. */
export function fakeBroadcast(): typeof BroadcastChannel {
  const open = new Set<Bus>()
  class Bus {
    onmessage: ((event: { data: unknown }) => void) | null = null
    readonly name: string
    constructor(name: string) {
      this.name = name
      open.add(this)
    }
    postMessage(data: unknown): void {
      const copy: unknown = structuredClone(data)
      for (const other of open) {
        if (other !== this && other.name === this.name)
          queueMicrotask(() => open.has(other) && other.onmessage?.({ data: copy }))
      }
    }
    close(): void {
      open.delete(this)
    }
  }
  return Bus as unknown as typeof BroadcastChannel
}
