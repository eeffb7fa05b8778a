/** A poll or a long-poll of a worker for the next page of its consumer. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/access/caller.ts'
import type { ConsumedPage } from '../../core/consuming/page.ts'
import type { ConsumedPart } from '../../core/consuming/read-parts.ts'
import { encodeJson, type JsonText } from '../../wire/json-text.ts'
import { encodeChange } from '../../wire/record.ts'
import { encodeConsumedChannel, encodeConsumedPage } from '../../wire/rest.ts'
import { payerOf } from '../http/charge.ts'
import type { TransportContext } from '../transport-context.ts'
import { limitOf, waitOf } from './reading.ts'
import { waitForNews } from './wait-for-news.ts'

export async function pollConsumer(
  context: TransportContext,
  caller: Caller,
  { consumer, worker }: { readonly consumer: string; readonly worker: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<ConsumedPage> {
  const { core } = context
  const changes = limitOf(core.limits, request.query)
  const waitSeconds = waitOf(core.limits, request.query)
  const read = async (): Promise<ConsumedPage> => {
    const page = await core.consumptions.of(consumer).next(caller, { worker, changes })
    core.budgets.chargeRecords(payerOf(context, caller, request.raw), page.looked)
    return page
  }
  const first = await read()
  const page =
    hasNews(first) || waitSeconds === null
      ? first
      : await waitForNews(
          {
            ...{ context, caller, first, read, hasNews, waitMs: waitSeconds * 1000 },
            touched: () => core.consumptions.of(consumer).touched(),
          },
          request,
          reply,
        )
  if (reply.raw.destroyed) await giveBack(context, consumer, page)
  return page
}

function hasNews({ channels, more }: ConsumedPage): boolean {
  return channels.length > 0 || more
}

/** Nobody takes the page: other workers need not wait for its lease to end. */
async function giveBack({ core }: TransportContext, consumer: string, { lease, channels }: ConsumedPage) {
  const releases = channels.map(({ channel }) => ({ channel, delayMs: 0 }))
  await core.consumptions.of(consumer).release(lease, releases)
}

export function encodeConsumed({ lease, leaseMs, channels, more }: ConsumedPage): JsonText {
  const held = { lease: lease === '' ? null : lease, leaseSeconds: leaseMs / 1000 }
  return encodeConsumedPage({ ...held, channels: channels.map(encodePart), more })
}

function encodePart(part: ConsumedPart) {
  if ('ended' in part) return encodeJson({ channel: part.channel, ended: part.ended, cursor: part.cursor })
  const { reset, changes, floor, ...range } = part
  return encodeConsumedChannel({
    ...range,
    changes: changes.map(encodeChange),
    ...(reset === null ? {} : { reset }),
    ...(part.from < floor ? { floor } : {}),
  })
}
