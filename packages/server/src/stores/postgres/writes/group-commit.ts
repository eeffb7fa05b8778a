import { membersCollection, type Opened, type Store, type Unit, type UnitOutcome } from '../../../ports/store.ts'
import { planUnit } from '../../shared/plan-unit.ts'
import type { Link } from '../connection/connections.ts'
import { ChannelDraft } from './channel-draft.ts'
import { type HeldChannel, holdChannels, writeChannels } from './channel-rows.ts'
import { fillDrafts, readGroup, writeRows } from './record-rows.ts'

/** The transaction found no rows to lock for these channels: they have to be inserted first. Nothing was changed. */
export class RowsMissing extends Error {
  override readonly name = 'RowsMissing'
  readonly channels: readonly string[]
  constructor(channels: readonly string[]) {
    super('no rows to hold')
    this.channels = channels
  }
}

type Commit = () => Promise<void>

/**
 * Commits the units of one transaction in two round trips: lock the channels and read the rows named;
 * then, when all units are decided, write and commit. @throws RowsMissing, and the database's errors:
 * nothing was committed then.
 */
export async function commitGroup(link: Link, group: readonly Unit[], commit: Commit): Promise<readonly UnitOutcome[]> {
  const names = [...new Set(group.map((unit) => unit.channel))].sort()
  const [held, rows] = await Promise.all([holdChannels(link, names), readGroup(link, group)])
  const missing = group.filter((unit) => unit.make && !held.has(unit.channel))
  if (missing.length > 0) throw new RowsMissing([...new Set(missing.map((unit) => unit.channel))])
  const drafts = draftsOf(held)
  fillDrafts(drafts, rows)
  const outcomes = group.map((unit, turn) => runUnit(unit, drafts.get(unit.channel) ?? null, turn))
  await Promise.all([...write(link, drafts), commit()])
  return outcomes
}

/** Makes a channel with its owner, or gives the existing one. @throws as `commitGroup` does. */
export async function openChannel(link: Link, channel: Parameters<Store['open']>[0], commit: Commit): Promise<Opened> {
  const { name, at, owner } = channel
  const drafts = draftsOf(await holdChannels(link, [name]))
  const draft = drafts.get(name)
  if (draft === undefined) throw new RowsMissing([name])
  if (draft.channel !== null) return { made: false, channel: draft.channel, changes: [] }
  const made = draft.make(name, at, channel)
  const outcome = owner === null ? null : runUnit(ownerUnit(name, at, owner), draft, 0)
  if (outcome !== null && outcome.kind !== 'committed') throw new Error('a new channel refused its owner')
  await Promise.all([...write(link, drafts), commit()])
  return {
    made: true,
    channel: draft.channel ?? made,
    changes: outcome?.results.map(({ record }) => record) ?? [],
  }
}

function ownerUnit(channel: string, at: number, owner: { recordId: string; author: string; data: string }): Unit {
  const write = { collection: membersCollection, effect: 'put', expectRev: 0, ...owner } as const
  return { channel, at, writes: [write], make: false, membersRev: null }
}

function draftsOf(held: ReadonlyMap<string, HeldChannel>): Map<string, ChannelDraft> {
  return new Map([...held].map(([name, channel]) => [name, new ChannelDraft(channel)]))
}

/** `draft` is `null` where the channel has no row, and the unit does not make it. */
function runUnit(unit: Unit, draft: ChannelDraft | null, turn: number): UnitOutcome {
  if (draft === null) return { kind: 'refused', reason: 'no_channel', write: 0 }
  try {
    const plan = planUnit(unit, draft.marks, draft)
    if (plan.kind === 'refused') return plan
    const { epoch } = draft.apply(unit, plan, turn)
    return {
      kind: 'committed',
      epoch,
      head: plan.head,
      results: plan.steps.map(({ kind, record }) => ({ kind, record })),
    }
  } catch (cause) {
    return { kind: 'failed', cause }
  }
}

function write(link: Link, drafts: ReadonlyMap<string, ChannelDraft>): Promise<unknown>[] {
  const channels = [...drafts.values()].flatMap((draft) =>
    draft.isWritten && draft.channel !== null ? [draft.channel] : [],
  )
  const sent = writeRows(link, drafts)
  if (channels.length === 0) return sent
  const columns = [
    channels.map(({ name }) => name),
    channels.map(({ epoch }) => epoch),
    channels.map(({ head }) => head),
    channels.map(({ floor }) => floor),
    channels.map(({ membersRev }) => membersRev),
    channels.map(({ createdAt }) => createdAt),
    channels.map(({ visibility }) => visibility),
    channels.map(({ title }) => title),
  ]
  return [...sent, link.query(writeChannels, columns)]
}
