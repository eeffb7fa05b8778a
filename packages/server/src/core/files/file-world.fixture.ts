import type { FileStorage } from '../../ports/files/file-storage.ts'
import type { Claim } from '../../ports/files/file-table.ts'
import type { Store, StoredRecord, Unit, UnitOutcome, Write } from '../../ports/store.ts'
import { MemoryFiles } from '../../stores/memory/memory-files.ts'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import { type Config, compilePolicies } from '../access/policy.ts'
import { fileMark } from '../rules/file-fields.ts'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { FileCounts } from './file-counts.ts'
import { FileKeeper, waitingMs } from './file-keeper.ts'
import { referringCommits } from './referring-commits.ts'

const channel = 'chat:a'
const collection = 'messages'
const reference = { type: 'string', [fileMark]: true }
const schema = { type: 'object', properties: { files: { type: 'array', items: reference } } }
const config: Config = { channels: { chat: { files: { types: ['image/*'] }, collections: { messages: { schema } } } } }
const policies = compilePolicies(config)

/** Where a process dies: before the store commits, after it, or not at all. */
export type Fate = 'lives' | 'dies before' | 'dies after'

/** A log and its files, in a process that can die between any two steps. */
export class FileWorld {
  readonly clock = new HandClock()
  readonly table = new MemoryFiles()
  /** The ids of the files whose bytes are there. */
  readonly bytes = new Set<string>()
  readonly reports: string[] = []
  readonly #store = openMemoryStore()
  readonly #keeper: FileKeeper
  readonly #commits: Pick<Store, 'commit'>
  #fate: Fate = 'lives'

  constructor() {
    const { clock, table } = this
    const storage = { remove: async (id: string) => void this.bytes.delete(id), sweep: async () => undefined }
    this.#keeper = new FileKeeper({
      ...{ clock, table, policies },
      counts: new FileCounts(),
      storage: storage as unknown as FileStorage,
      storeOf: () => this.#store,
      report: (error) => this.reports.push(String(error)),
    })
    const checkSoon = (claims: readonly Claim[]) =>
      this.#fate === 'lives' ? this.#keeper.checkSoon(claims) : undefined
    const keeper = { checkSoon } as FileKeeper
    const store = {
      commit: (group: readonly Unit[]) => this.#commit(group),
      lookup: this.#store.lookup.bind(this.#store),
    }
    this.#commits = referringCommits({ store, clock, table, policies, keeper })
  }

  async #commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    if (this.#fate === 'dies before') throw new Error('died')
    const outcomes = await this.#store.commit(group)
    if (this.#fate === 'dies after') throw new Error('died')
    return outcomes
  }

  async find(recordId: string): Promise<StoredRecord | null> {
    return (await this.#store.lookup(channel, [{ collection, recordId }])).records[0] ?? null
  }

  async upload(id: string): Promise<void> {
    const facts = { id, channel, author: 'ana', name: id, type: 'image/png', size: 1, width: null, height: null }
    await this.table.add({ ...facts, createdAt: this.clock.now() }, this.clock.now() + waitingMs)
    this.bytes.add(id)
    await this.table.stored(id, this.clock.now() + waitingMs)
  }

  /** `files`: `null` deletes the record. */
  async write(
    recordId: string,
    files: readonly string[] | null,
    fate: Fate = 'lives',
    more: Partial<Write> = {},
  ): Promise<UnitOutcome['kind'] | 'died'> {
    const data = files === null ? '' : JSON.stringify({ files })
    const expectRev = (await this.find(recordId))?.rev ?? 0
    const made = { collection, recordId, effect: files === null ? 'delete' : 'put', data, author: 'ana' } as const
    const unit: Unit = {
      channel,
      at: this.clock.now(),
      writes: [{ ...made, expectRev, ...more }],
      make: true,
      membersRev: null,
    }
    this.#fate = fate
    const [outcome] = await this.#commits.commit([unit]).catch((): UnitOutcome[] => [])
    this.#fate = 'lives'
    await this.#keeper.idle()
    return outcome?.kind ?? 'died'
  }

  async sweepAfter(ms: number): Promise<void> {
    this.clock.jump(ms)
    this.#keeper.sweep()
    await this.#keeper.idle()
  }

  async drop(fate: Fate = 'lives'): Promise<void> {
    await this.#keeper.channelGoes(channel)
    await this.#store.drop(channel)
    if (fate === 'lives') await this.#keeper.channelGone(channel)
  }
}
