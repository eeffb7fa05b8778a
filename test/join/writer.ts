import { setTimeout as pause } from 'node:timers/promises'
import type { LiveRecord } from '@dovetail/protocol'
import { at } from '../support/paths.ts'
import { type Answer, createRest } from '../support/rest.ts'
import { tokenFor } from '../support/token-for.ts'
import type { Dice } from './dice.ts'
import type { Progress } from './progress.ts'

/** What the server said is true, as the writer heard it. */
export interface Acknowledged {
  readonly id: string
  readonly text: string | 'deleted'
  /** `null` of a delete, whose reply tells where the log stood and not which revision it took. */
  readonly rev: number | null
}

export interface WriterOptions {
  readonly port: number
  readonly channel: string
  readonly user: string
  readonly writes: number
  readonly dice: Dice
  readonly progress: Progress
}

const retryMs = 30

/** Creates, edits and deletes its own messages one after another. What was not answered is sent again with the same key. */
export async function runWriter(options: WriterOptions): Promise<Acknowledged[]> {
  const { port, channel, user, writes, dice, progress } = options
  const rest = createRest({ port, token: await tokenFor(user) })
  const acknowledged: Acknowledged[] = []
  const own: string[] = []
  for (let i = 0; i < writes; i++) {
    const key = `${user}-${i}`
    const text = `${user} wrote ${i}`
    const roll = dice.next()
    const id = roll < 0.6 ? undefined : dice.pick(own)
    if (id === undefined) {
      const answer = await settled(() => rest.post<LiveRecord>(at(channel), { text }, { 'idempotency-key': key }))
      own.push(answer.body.id)
      acknowledged.push({ id: answer.body.id, text, rev: answer.body.rev })
    } else if (roll < 0.88) {
      const path = at(channel, 'messages', id)
      const answer = await settled(() => rest.patch<LiveRecord>(path, { text }, { 'idempotency-key': key }))
      acknowledged.push({ id, text, rev: answer.body.rev })
    } else {
      await settled(() => rest.delete(at(channel, 'messages', id), { 'idempotency-key': key }))
      acknowledged.push({ id, text: 'deleted', rev: null })
      own.splice(own.indexOf(id), 1)
    }
    progress.step()
  }
  rest.close()
  return acknowledged
}

/** Until an answer comes; a cut line or 503 tells nothing of what became of the write. */
async function settled<Body>(send: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
  for (;;) {
    const answer = await send().catch(() => null)
    if (answer !== null && answer.status < 300) return answer
    if (answer !== null && answer.status !== 503)
      throw new Error(`a write was refused: ${answer.status} ${answer.text}`)
    await pause(retryMs)
  }
}
