/** Makes a command of the AsyncAPI document: mostly one that is accepted, sometimes one that is odd. */
import type { SeededRandom } from 'dovetail-lab/check'
import { type UpOp, upSchemas } from 'dovetail-protocol'
import { byWeight, isLikely, oneOf } from './chance.ts'
import { spoilt } from './rest-input.ts'
import type { Schema } from './sample-schema.ts'
import type { SentFrame } from './socket-player.ts'
import type { World } from './world.ts'

const weights: Readonly<Record<Exclude<UpOp, 'hello'>, number>> = {
  ...{
    subscribe: 5,
    unsubscribe: 2,
    follow: 1.5,
    unfollow: 0.5,
    create: 5,
    put: 3,
    patch: 3,
    append: 4,
    delete: 1.5,
    signal: 2,
    state: 2,
    ping: 1,
  },
}

export interface SocketInput extends SentFrame {
  readonly isOdd: boolean
  readonly frame: Readonly<Record<string, unknown>>
}

export class SocketInputs {
  readonly #dice: SeededRandom
  readonly #world: World
  #lastId = 0

  constructor(dice: SeededRandom, world: World) {
    this.#dice = dice
    this.#world = world
  }

  /** @param present the channels in which this connection makes its caller present. */
  next(caller: string, present: readonly string[]): SocketInput {
    this.#lastId += 1
    const id = `f${this.#lastId}`
    const op = byWeight(this.#dice, weights)
    const made: Record<string, unknown> = this.#world.sampler.object(upSchemas[op] as unknown as Schema, { op, caller })
    const isPresent = op === 'state' && present.length > 0 && isLikely(this.#dice, 0.9)
    const frame = { ...made, ...(isPresent ? { channel: oneOf(this.#dice, present) } : {}), op, id }
    if (!isLikely(this.#dice, 0.15))
      return { op, id, frame, channel: frame.channel, text: JSON.stringify(frame), isOdd: false }
    const odd = spoilt(this.#dice, frame)
    const text = isLikely(this.#dice, 0.03) ? JSON.stringify(odd).slice(0, -2) : JSON.stringify(odd)
    const kept = typeof odd === 'object' && odd !== null && !Array.isArray(odd) ? (odd as Record<string, unknown>) : {}
    const isAnswered = kept.id === id && kept.op === op && text.endsWith('}')
    return { op, id: isAnswered ? id : undefined, frame, channel: kept.channel, text, isOdd: true }
  }
}
