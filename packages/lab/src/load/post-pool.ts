/** A number of kept-alive connections that share what is to be posted; what finds none free waits its turn. */
import { PostConnection, type PostOptions, type PostResponse, postRequest } from './post-connection.ts'

export interface PostPoolOptions extends PostOptions {
  readonly connections: number
}

interface Waiting {
  readonly body: string
  readonly resolve: (answer: PostResponse) => void
  readonly reject: (error: Error) => void
}

export class PostPool {
  readonly #all: readonly PostConnection[]
  readonly #free: PostConnection[]
  readonly #waiting: Waiting[] = []
  readonly #request: (body: string) => string

  constructor(options: PostPoolOptions) {
    this.#all = Array.from({ length: options.connections }, () => new PostConnection(options.port))
    this.#free = [...this.#all]
    this.#request = postRequest(options)
  }

  /** `body` is ASCII. Rejects where the line broke; any status resolves. */
  post(body: string): Promise<PostResponse> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ body, resolve, reject })
      this.#next()
    })
  }

  #next(): void {
    if (this.#waiting.length === 0) return
    // In turn, so that none stays idle until the server closes it.
    const line = this.#free.shift()
    if (line === undefined) return
    const waiting = this.#waiting.shift()
    if (waiting === undefined) return
    const sent = line.send(this.#request(waiting.body))
    const free = (): void => {
      this.#free.push(line)
      this.#next()
    }
    sent.then(free, free)
    sent.then(waiting.resolve, waiting.reject)
  }

  close(): void {
    for (const line of this.#all) line.destroy()
  }
}
