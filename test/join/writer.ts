import { setTimeout as pause } from 'node:timers/promises'
import { type Acknowledged, epochOf, type Refused, type SeededRandom } from 'dovetail-lab/check'
import type { LiveRecord } from 'dovetail-protocol'
import { type Answer, createRest } from '../support/clients/rest.ts'
import { at } from '../support/paths.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import type { Progress } from './progress.ts'

export interface WriterOptions {
  readonly port: number
  readonly channel: string
  readonly user: string
  readonly writes: number
  readonly random: SeededRandom
  readonly progress: Progress
}

const retryMs = 30

export interface Written {
  readonly acknowledged: readonly Acknowledged[]
  /** Writes that the server would not take, which a right one does. */
  readonly refused: readonly Refused[]
}

/** Creates, edits and deletes its own messages one after another. A write without a reply is sent again with the same key. */
export async function runWriter({ port, channel, user, writes, random, progress }: WriterOptions): Promise<Written> {
  const rest = createRest({ port, token: await tokenFor(user) })
  const acknowledged: Acknowledged[] = []
  const refused: Refused[] = []
  const own: string[] = []
  for (let i = 0; i < writes; i++) {
    const headers = { 'idempotency-key': `${user}-${i}` }
    const text = `${user} wrote ${i}`
    const roll = random.next()
    const known = roll < 0.6 ? undefined : random.pick(own)
    const isDelete = known !== undefined && roll > 0.88
    const path = at(channel, 'messages', known)
    const invokedAt = performance.now()
    const answer = await settled(() => {
      if (known === undefined) return rest.post<LiveRecord>(path, { text }, headers)
      return isDelete ? rest.delete<LiveRecord>(path, headers) : rest.patch<LiveRecord>(path, { text }, headers)
    })
    if (answer.status >= 300) {
      const failure = `${user}: write ${i} of ${known} was refused: ${answer.status} ${answer.code}`
      refused.push({ id: known ?? null, status: answer.status, text: failure })
    } else {
      const written = isDelete
        ? { id: known, text: null, rev: null }
        : { id: answer.body.id, text, rev: answer.body.rev }
      const epoch = epochOf(String(answer.headers['dovetail-at'] ?? '0'))
      acknowledged.push({ ...written, epoch, invokedAt, repliedAt: performance.now() })
    }
    if (known === undefined) own.push(answer.body.id)
    else if (isDelete || answer.status >= 300) own.splice(own.indexOf(known), 1)
    progress.step()
  }
  rest.close()
  return { acknowledged, refused }
}

/** Repeats until a reply comes; after a cut connection or 503 nobody knows what became of the write. */
async function settled<Body>(send: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
  for (;;) {
    const answer = await send().catch(() => null)
    if (answer !== null && answer.status !== 503) return answer
    await pause(retryMs)
  }
}
