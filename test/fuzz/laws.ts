/** The laws that hold for every channel, whatever was sent: looked at between rounds, while nobody writes. */
import type { AnyRecord, AppendChange, Change, ChangesReply, ChannelDescription, Page } from 'dovetail-protocol'
import type { Answer, Rest } from '../support/clients/rest.ts'
import type { Socket } from '../support/clients/socket.ts'
import { emptyView, foldAll, living, type Range, recordKey, type View } from '../support/fold.ts'

/** A write that was acknowledged. */
export interface Acknowledged {
  readonly channel: string
  readonly collection: string
  readonly epoch: string
  readonly record: AnyRecord
}

export interface LawsInput {
  /** Of an admin, who may read every channel. */
  readonly rest: Rest
  /** Sockets that read every channel from its beginning; one of them asked for pieces. */
  readonly live: readonly Socket[]
  readonly acknowledged: readonly Acknowledged[]
}

/** What is broken in this channel; empty: nothing. */
export async function brokenLaws(channel: string, { rest, live, acknowledged }: LawsInput): Promise<string[]> {
  const { epoch, head, collections } = (await rest.get<ChannelDescription>(`/v1/channels/${channel}`)).body
  if (epoch === null || epoch === undefined) return []
  try {
    const view = foldAll(emptyView(epoch), await caughtUp(rest, channel))
    const faults = view.rev === head ? [] : [`[PRM2] the catch-up ends at ${view.rev}, and the head is ${head}`]
    for (const collection of collections) {
      const pages = await pagesOf(rest, channel, collection)
      faults.push(...differences(`[PRM4] ${collection} folded and read`, living(view, collection), pages))
    }
    faults.push(
      ...doubleRevisions(view),
      ...lostWrites(
        view,
        epoch,
        acknowledged.filter((each) => each.channel === channel),
      ),
    )
    for (const socket of live) faults.push(...(await liveFaults(socket, channel, view)))
    return faults.map((fault) => `${channel}: ${fault}`)
  } catch (error) {
    return [`${channel}: ${String(error)}`]
  }
}

async function caughtUp(rest: Rest, channel: string): Promise<Range[]> {
  const ranges: Range[] = []
  for (let after = '0', more = true; more; ) {
    const { body, status, text } = await rest.get<ChangesReply>(
      `/v1/channels/${channel}/changes?after=${after}&limit=37`,
    )
    if (status !== 200) throw new Error(`the catch-up of ${channel} from ${after} was refused: ${text}`)
    ranges.push(body)
    after = body.cursor
    more = body.more
  }
  return ranges
}

async function pagesOf(rest: Rest, channel: string, collection: string): Promise<AnyRecord[]> {
  const records: AnyRecord[] = []
  for (let after: number | null = 0; after !== null; ) {
    const path: string = `/v1/channels/${channel}/${collection}?limit=83&after=${after}`
    const { body, status, text }: Answer<Page> = await rest.get<Page>(path)
    if (status !== 200) throw new Error(`a page of ${channel} was refused: ${text}`)
    records.push(...body.records)
    after = body.after
  }
  return records
}

function differences(what: string, one: readonly AnyRecord[], other: readonly AnyRecord[]): string[] {
  const [a, b] = [one, other].map((records) => records.map((record) => JSON.stringify(record)))
  const at = (a ?? []).findIndex((text, index) => text !== b?.[index])
  if (at < 0 && a?.length === b?.length) return []
  return [
    `${what} differ at ${at} of ${a?.length} and ${b?.length}: ${a?.[at]?.slice(0, 300)} and ${b?.[at]?.slice(0, 300)}`,
  ]
}

function doubleRevisions({ records }: View): string[] {
  const revs = [...records.values()].map(({ rev }) => rev).sort((a, b) => a - b)
  return revs.filter((rev, at) => rev === revs[at - 1]).map((rev) => `[MOD4] two records have revision ${rev}`)
}

/** An acknowledged write is the record's state, or a later revision took its place. */
function lostWrites(view: View, epoch: string, acknowledged: readonly Acknowledged[]): string[] {
  return acknowledged.flatMap(({ collection, epoch: of, record }) => {
    if (of !== epoch) return []
    const held = view.records.get(recordKey(collection, record.id))
    if (held === undefined || held.rev < record.rev)
      return [`[PRM6] revision ${record.rev} of ${record.id} was acknowledged, and ${held?.rev} is there`]
    return held.rev > record.rev ? [] : differences('[PRM6] the acknowledged and the held record', [record], [held])
  })
}

/** A reader from the beginning, to whom nothing was said that ended its reading, holds what a fresh read gives. */
async function liveFaults(socket: Socket, channel: string, fresh: View): Promise<string[]> {
  if (socket.events('ended', channel).length + socket.events('reset', channel).length > 0) return []
  const frames = fresh.rev === 0 ? [] : await socket.reached(channel, fresh.rev)
  let view = emptyView()
  for (const { from, to, changes } of frames as unknown as {
    from: number
    to: number
    changes: (Change | AppendChange)[]
  }[])
    view = foldAll(view, [
      { from, to, changes: changes.map((change) => ('append' in change ? grown(view, change) : change)) },
    ])
  if (view.rev !== fresh.rev) return [`[PRM2] a live reader is at ${view.rev}, and the head is ${fresh.rev}`]
  const [held, read] = [view, fresh].map(({ records }) => [...records.values()].sort((a, b) => a.rev - b.rev))
  return differences('[PRM4] a live view and the catch-up', held ?? [], read ?? [])
}

/** The change that a piece stands for ([APP6]). */
function grown({ records }: View, { collection, append }: AppendChange): Change {
  const held = records.get(recordKey(collection, append.id))
  if (held === undefined || held.deleted === true) throw new Error(`[APP6] a piece for ${append.id}, which is not held`)
  if (held.rev < append.from) throw new Error(`[APP6] a piece from ${append.from} on for revision ${held.rev}`)
  const data = { ...(held.data as Record<string, string>) }
  for (const { path, at, value } of append.pieces)
    data[path.slice(1)] = String(data[path.slice(1)]).slice(0, at) + value
  return { collection, record: { ...held, rev: append.rev, updatedAt: append.updatedAt, data } }
}
