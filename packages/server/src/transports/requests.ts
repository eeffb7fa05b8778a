/** Requests under way, so that a node that leaves can finish them. */
import type { Server } from 'node:http'

export class Requests {
  #underWay = 0
  #idle: (() => void)[] = []

  watch(server: Server): void {
    server.on('request', (_request, response) => {
      this.#underWay++
      response.once('close', () => {
        if (--this.#underWay === 0) for (const resolve of this.#idle.splice(0)) resolve()
      })
    })
  }

  /** Resolves when none is under way. */
  finished(): Promise<void> {
    return this.#underWay === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve))
  }
}
