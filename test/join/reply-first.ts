import type {
  ChannelFacts,
  Look,
  Store,
  StoredRecord,
  Unit,
  UnitOutcome,
} from '../../packages/server/src/ports/store.ts'
import { planUnit } from '../../packages/server/src/stores/plan-unit.ts'
import { through } from './through.ts'

/** How long a write that was acknowledged is not committed yet, in ms. */
const lateMs = 150

/** A store that foretells what a commit will come to, answers with that, and commits later: until then a kill loses it. */
export function replyFirst(store: Store): Store {
  const foretold = new Map<string, Foretold>()
  const late: Unit[] = []
  const commitLate = (units: readonly Unit[]): void => {
    if (late.length === 0) setTimeout(() => void store.commit(late.splice(0)), lateMs)
    late.push(...units)
  }
  const of = async (channel: string): Promise<Foretold | null> => {
    const facts = foretold.has(channel) ? null : await store.channel(channel)
    if (facts !== null && !foretold.has(channel)) foretold.set(channel, new Foretold(facts))
    return foretold.get(channel) ?? null
  }
  return {
    ...through(store),
    commit: async (group) => {
      const channels = await Promise.all(group.map(({ channel }) => of(channel)))
      // A channel that is not there yet has no epoch to tell: its first write is committed as it should be.
      if (channels.includes(null)) return store.commit(group)
      commitLate(group)
      return Promise.all(group.map(async (unit, i) => channels[i]?.outcome(unit, await known(store, unit)) ?? never()))
    },
    look: async (channel, targets, key) => {
      const look = await store.look(channel, targets, key)
      return foretold.get(channel)?.over(look, targets) ?? look
    },
  }
}

/** What is committed of the records that a unit is about. */
async function known(store: Store, unit: Unit): Promise<readonly StoredRecord[]> {
  const look = await store.look(unit.channel, unit.writes)
  return look.records.flatMap((record) => record ?? [])
}

function never(): never {
  throw new Error('every channel was looked up')
}

/** One channel as it will be once all that was acknowledged is committed. */
class Foretold {
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

  over(look: Look, targets: Parameters<Store['look']>[1]): Look {
    const records = targets.map(
      ({ collection, recordId }, i) => this.#records.get(`${collection} ${recordId}`) ?? look.records[i] ?? null,
    )
    return { ...look, channel: this.#facts, records }
  }
}
