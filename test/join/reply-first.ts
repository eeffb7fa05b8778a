import type {
  ChannelFacts,
  Lookup,
  Store,
  StoredRecord,
  Unit,
  UnitOutcome,
} from '../../packages/server/src/ports/store.ts'
import { planUnit } from '../../packages/server/src/stores/shared/plan-unit.ts'
import { through } from './through.ts'

/** How long a write that was acknowledged is not committed yet, in ms. */
const lateMs = 150

/** A store that foretells what a commit will come to, answers with that, and commits later: until then a kill loses it. */
export function replyFirst(store: Store): Store {
  const expected = new Map<string, ExpectedChannel>()
  const late: Unit[] = []
  const commitLate = (units: readonly Unit[]): void => {
    if (late.length === 0) setTimeout(() => void store.commit(late.splice(0)), lateMs)
    late.push(...units)
  }
  const of = async (channel: string): Promise<ExpectedChannel | null> => {
    const facts = expected.has(channel) ? null : await store.channel(channel)
    if (facts !== null && !expected.has(channel)) expected.set(channel, new ExpectedChannel(facts))
    return expected.get(channel) ?? null
  }
  return {
    ...through(store),
    commit: async (group) => {
      const channels = await Promise.all(group.map(({ channel }) => of(channel)))
      // A channel that does not exist yet has no epoch to reply with: its first write is committed as it should be.
      if (channels.includes(null)) return store.commit(group)
      commitLate(group)
      return Promise.all(group.map(async (unit, i) => channels[i]?.outcome(unit, await known(store, unit)) ?? never()))
    },
    lookup: async (channel, targets, key) => {
      const found = await store.lookup(channel, targets, key)
      return expected.get(channel)?.over(found, targets) ?? found
    },
  }
}

/** What is committed of the records that a unit is about. */
async function known(store: Store, unit: Unit): Promise<readonly StoredRecord[]> {
  const found = await store.lookup(unit.channel, unit.writes)
  return found.records.flatMap((record) => record ?? [])
}

function never(): never {
  throw new Error('every channel was looked up')
}

/** One channel as it will be once all that was acknowledged is committed. */
class ExpectedChannel {
  #facts: ChannelFacts
  readonly #records = new Map<string, StoredRecord>()

  constructor(facts: ChannelFacts) {
    this.#facts = facts
  }

  outcome(unit: Unit, committed: readonly StoredRecord[]): UnitOutcome {
    const find = (collection: string, id: string): StoredRecord | null =>
      this.#records.get(`${collection} ${id}`) ??
      committed.find((each) => each.collection === collection && each.id === id) ??
      null
    const plan = planUnit(unit, this.#facts, { facts: find, clash: find, record: find, key: () => null })
    if (plan.kind === 'refused') return plan
    for (const { record } of plan.steps) this.#records.set(`${record.collection} ${record.id}`, record)
    this.#facts = { ...this.#facts, head: plan.head, membersRev: plan.membersRev }
    return { kind: 'committed', epoch: this.#facts.epoch, head: plan.head, results: plan.steps }
  }

  over(found: Lookup, targets: Parameters<Store['lookup']>[1]): Lookup {
    const records = targets.map(
      ({ collection, recordId }, i) => this.#records.get(`${collection} ${recordId}`) ?? found.records[i] ?? null,
    )
    return { ...found, channel: this.#facts, records }
  }
}
