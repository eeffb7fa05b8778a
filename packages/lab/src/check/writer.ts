/** A writer: creates, edits and deletes its own records one after another. An unanswered write is sent again with the same key. */
import type { SeededRandom } from '../random/seeded-random.ts'
import { epochOf, type Nodes, retryMs } from './client/nodes.ts'
import type { Acknowledged, Refused, Unknown } from './judge/observation.ts'

export interface WriterOptions {
  readonly name: string
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  readonly token: string
  readonly random: SeededRandom
  readonly pause: (ms: number) => Promise<unknown>
  /** Monotonic ms. */
  readonly now: () => number
  readonly isOver: () => boolean
  /** Mean time between a reply and the next write, in ms. */
  readonly restMs: number
  /** Aborted when the run is given up. */
  readonly signal: AbortSignal
  readonly acknowledged: (write: Acknowledged) => void
  /** Called of every attempt that wrote nothing, or may not have, with the refusal or the reason. */
  readonly failed: (why: string) => void
}

export interface Written {
  readonly unknown: readonly Unknown[]
  readonly refused: readonly Refused[]
}

interface Plan {
  readonly id: string | null
  /** `null`: delete. */
  readonly text: string | null
}

export async function runWriter(options: WriterOptions): Promise<Written> {
  const { name, random, pause, restMs, now, isOver } = options
  const own: string[] = []
  const unknown: Unknown[] = []
  const refused: Refused[] = []
  for (let number = 0; !isOver(); number++) {
    const plan = nextPlan(random, own, `${name} wrote ${number}`)
    const invokedAt = now()
    const answer = await settled(options, plan, `${name}-${number}`)
    if (answer === null) {
      unknown.push(plan)
      return { unknown, refused }
    }
    const id = answer.id ?? plan.id
    if (answer.status >= 300 || id === null) {
      const { status, code } = answer
      options.failed(`${status} ${code}`)
      refused.push({ id: plan.id, status, text: `${name}: write ${number} was refused: ${status} ${code}` })
      if (status === 404 && plan.id !== null) own.splice(own.indexOf(plan.id), 1)
      await pause(restMs)
      continue
    }
    options.acknowledged({
      id,
      text: plan.text,
      epoch: answer.at === null ? null : epochOf(answer.at),
      rev: plan.text === null ? null : answer.rev,
      invokedAt,
      repliedAt: now(),
    })
    if (plan.id === null) own.push(id)
    if (plan.text === null) own.splice(own.indexOf(id), 1)
    await pause(restMs * random.next() * 2)
  }
  return { unknown, refused }
}

function nextPlan(random: SeededRandom, own: readonly string[], text: string): Plan {
  const roll = random.next()
  const id = roll < 0.6 ? null : (random.pick(own) ?? null)
  return { id, text: id !== null && roll > 0.9 ? null : text }
}

interface WriteResult {
  readonly status: number
  readonly code: string
  readonly id: string | null
  readonly rev: number | null
  readonly at: string | null
}

/** Sends a write until an answer comes, since after a cut connection or a 503 its outcome is unknown. `null`: the run was given up. */
async function settled(options: WriterOptions, { id, text }: Plan, key: string): Promise<WriteResult | null> {
  const { nodes, channel, collection, token, pause, signal, failed } = options
  const path = `/v1/channels/${channel}/${collection}${id === null ? '' : `/${id}`}`
  const method = id === null ? 'POST' : text === null ? 'DELETE' : 'PATCH'
  const body = text === null ? {} : { body: { text } }
  while (!signal.aborted) {
    const answer = await nodes
      .request(path, { method, ...body, token, headers: { 'idempotency-key': key }, signal })
      .catch((error: Error) => error)
    if (answer instanceof Error) failed(`no reply (${answer.name})`)
    else {
      const record = answer.body as { id?: string; rev?: number; code?: string } | null
      const { id: recordId = null, rev = null, code = '' } = record ?? {}
      if (answer.status !== 503 && answer.status !== 429)
        return { status: answer.status, code, id: recordId, rev, at: answer.at }
      failed(`${answer.status} ${code}`)
    }
    await pause(retryMs)
  }
  return null
}
