import { setTimeout as pause } from 'node:timers/promises'
import type { Dice } from '@dovetail/lab/check'
import type { LiveRecord } from '@dovetail/protocol'
import { at } from '../support/paths.ts'
import { type Answer, createRest } from '../support/rest.ts'
import { tokenFor } from '../support/token-for.ts'
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

export interface Written {
  readonly acknowledged: readonly Acknowledged[]
  /** Writes that the server would not take, which a right one does. */
  readonly refused: readonly string[]
}

/** Creates, edits and deletes its own messages one after another. What was not answered is sent again with the same key. */
export async function runWriter({ port, channel, user, writes, dice, progress }: WriterOptions): Promise<Written> {
  const rest = createRest({ port, token: await tokenFor(user) })
  const acknowledged: Acknowledged[] = []
  const refused: string[] = []
  const own: string[] = []
  for (let i = 0; i < writes; i++) {
    const headers = { 'idempotency-key': `${user}-${i}` }
    const text = `${user} wrote ${i}`
    const roll = dice.next()
    const known = roll < 0.6 ? undefined : dice.pick(own)
    const isDelete = known !== undefined && roll > 0.88
    const path = at(channel, 'messages', known)
    const answer = await settled(() => {
      if (known === undefined) return rest.post<LiveRecord>(path, { text }, headers)
      return isDelete ? rest.delete<LiveRecord>(path, headers) : rest.patch<LiveRecord>(path, { text }, headers)
    })
    if (answer.status >= 300)
      refused.push(`${user}: write ${i} of ${known} was refused: ${answer.status} ${answer.code}`)
    else if (isDelete) acknowledged.push({ id: known, text: 'deleted', rev: null })
    else acknowledged.push({ id: answer.body.id, text, rev: answer.body.rev })
    if (known === undefined) own.push(answer.body.id)
    else if (isDelete || answer.status >= 300) own.splice(own.indexOf(known), 1)
    progress.step()
  }
  rest.close()
  return { acknowledged, refused }
}

/** Until an answer comes; a cut line or 503 tells nothing of what became of the write. */
async function settled<Body>(send: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
  for (;;) {
    const answer = await send().catch(() => null)
    if (answer !== null && answer.status !== 503) return answer
    await pause(retryMs)
  }
}
