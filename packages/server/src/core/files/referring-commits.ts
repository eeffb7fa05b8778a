/**
 * Commits that claim the files to which their records refer, or referred: before the store writes, so that no file goes
 * while a record that needs it is on its way. Every write to a log passes here, whoever makes it: a caller, retention, an
 * erasure, an import.
 */
import type { Clock } from '../../ports/clock.ts'
import type { Claim, FileTable, Reference } from '../../ports/files/file-table.ts'
import type { Store, Unit, UnitOutcome, Write } from '../../ports/store.ts'
import type { CollectionPolicy, Policies } from '../access/policy.ts'
import { fileIdsIn, mayHaveFiles } from '../rules/file-fields.ts'
import { checkAfterMs, type FileKeeper } from './file-keeper.ts'

export interface ReferringOptions {
  readonly store: Pick<Store, 'commit' | 'lookup'>
  readonly clock: Clock
  readonly table: FileTable
  readonly policies: Policies
  readonly keeper: FileKeeper
}

interface Claimed {
  readonly claims: readonly Claim[]
  /** The index of a write that refers to a file that is not there; `null`: there is none. */
  readonly missing: number | null
}

const nothing: Claimed = { claims: [], missing: null }

export function referringCommits(options: ReferringOptions): Pick<Store, 'commit'> {
  const { store, policies, keeper } = options
  const hasFiles = [...policies.namespaces.values()].some(({ files }) => files !== null)
  if (!hasFiles) return store
  return {
    commit: async (group) => {
      const claimed = new Map<Unit, Claimed>()
      for (const unit of group) {
        const found = await claimOf(options, unit)
        if (found !== nothing) claimed.set(unit, found)
      }
      if (claimed.size === 0) return store.commit(group)
      const whole = group.filter((unit) => (claimed.get(unit)?.missing ?? null) === null)
      try {
        const outcomes = (await store.commit(whole))[Symbol.iterator]()
        return group.map((unit): UnitOutcome => {
          const missing = claimed.get(unit)?.missing ?? null
          // Its writer plans it again, and learns then that the file is gone.
          if (missing !== null) return { kind: 'refused', reason: 'conflict', write: missing }
          return outcomes.next().value ?? { kind: 'failed', cause: new Error('the store gave no outcome for a unit') }
        })
      } finally {
        keeper.checkSoon([...claimed.values()].flatMap(({ claims }) => claims))
      }
    },
  }
}

async function claimOf(options: ReferringOptions, unit: Unit): Promise<Claimed> {
  const { table, policies, clock } = options
  const policy = policies.of(unit.channel)
  if (policy === null || policy.files === null) return nothing
  const referring = unit.writes.flatMap((write, index) => {
    const collection = policy.collections.get(write.collection)
    if (collection === undefined || collection.files.length === 0 || write.effect === 'keep') return []
    return [{ write, index, wanted: wantedBy(unit, write, collection) }]
  })
  const present = referring.filter(({ write }) => mayBeThere(write))
  const records = present.map(({ write: { collection, recordId } }) => ({ collection, record: recordId }))
  const before = records.length === 0 ? [] : await table.referencesOf(unit.channel, records)
  const wanted = referring.flatMap((each) => each.wanted)
  if (before.length === 0 && wanted.length === 0) return nothing
  const claims = await table.claim([...before, ...wanted], clock.now() + checkAfterMs)
  const isClaimed = ({ file, collection, record }: Reference) =>
    claims.some((claim) => claim.file === file && claim.collection === collection && claim.record === record)
  // An import takes what refers to files that are elsewhere.
  const lacking = referring.filter((each) => each.write.stamp === undefined && !each.wanted.every(isClaimed))
  for (const { write, index, wanted: all } of lacking) {
    const lost = all.filter((reference) => !isClaimed(reference))
    if (!(await hasAlready(options, unit, write, lost))) return { claims: latest(claims), missing: index }
  }
  return { claims: latest(claims), missing: null }
}

/** Whether the record refers to these files as it is: they were removed while it stayed, by an erasure of their uploader. */
async function hasAlready(
  { store, policies }: ReferringOptions,
  { channel }: Unit,
  { collection, recordId }: Write,
  lost: readonly Reference[],
): Promise<boolean> {
  const fields = policies.of(channel)?.collections.get(collection)?.files ?? []
  const { records } = await store.lookup(channel, [{ collection, recordId }])
  const data = records[0]?.deleted === false ? records[0].data : null
  const ids = data === null ? [] : fileIdsIn(JSON.parse(data), fields)
  return lost.every(({ file }) => ids.includes(file))
}

/** A record that is new has no references yet. */
function mayBeThere({ expectRev }: Write): boolean {
  return expectRev !== null && expectRev !== 0
}

function wantedBy({ channel }: Unit, write: Write, { files, name }: CollectionPolicy): Reference[] {
  if (write.effect !== 'put' || !mayHaveFiles(write.data, files)) return []
  return fileIdsIn(JSON.parse(write.data), files).map((file) => ({
    file,
    channel,
    collection: name,
    record: write.recordId,
  }))
}

/** Of a reference that was claimed twice, the later claim counts. */
function latest(claims: readonly Claim[]): Claim[] {
  const byReference = new Map(claims.map((claim) => [`${claim.file} ${claim.collection} ${claim.record}`, claim]))
  return [...byReference.values()]
}
