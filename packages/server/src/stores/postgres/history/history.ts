/**
 * Binds the epochs to one history of the database. A promoted standby, a restored backup and a loaded
 * dump may lack acknowledged commits and give their revisions a second time; older cursors would then
 * skip new changes. So the database has a row that names the history of its epochs: the server's system
 * identifier and its timeline. Every new connection compares the row with the server, and so does each
 * node once a second. Where they differ, every channel gets a new epoch before anything is read or
 * written.
 *
 * A switch-over that lost nothing looks the same to the new primary, which can't know the last commit
 * that the old one acknowledged: it gets new epochs too.
 */
import { StoreUnavailable } from '../../../ports/store.ts'
import { randomEpoch } from '../../shared/epoch.ts'
import type { HistoryCheck, RawLink } from '../connection/connections.ts'
import type { SqlRow } from '../rows/rows.ts'
import { renewChannels } from '../writes/channel-rows.ts'
import {
  judgeHistory,
  type RecordedHistory,
  type SeenHistory,
  type ServerIdentity,
  type Verdict,
} from './judge-history.ts'
import { identityColumns } from './server-identity.ts'

/** Both columns are qualified: a bare `touched` in ORDER BY would be the selected text, in which 999 is above 1000. */
const lastTouchColumn = '(SELECT c.touched::text FROM dovetail.channels c ORDER BY c.touched DESC LIMIT 1)'

export class History implements HistoryCheck {
  readonly #onNotice: (line: string) => void
  #read = ''
  #seen: SeenHistory | null = null

  /**
   * `onNotice` gets one line for people when this node has found another history and renewed the epochs, and when its
   * user may not ask the server for all that a history is known by.
   */
  constructor(onNotice: (line: string) => void) {
    this.#onNotice = onNotice
  }

  /** The id of the history that was read last. */
  get id(): string {
    return this.#seen?.id ?? ''
  }

  /** Reads what this database user may ask the server, and checks for the first time. The schema exists already. */
  async begin(link: RawLink): Promise<void> {
    await requirePrimary(link)
    const { system, timeline, line } = await identityColumns(link)
    if (line !== null) this.#onNotice(line)
    this.#read = `SELECT h.number, h.id, h.system, h.timeline,
        h.xmin::text::numeric = h.written::text::numeric % 4294967296, ${system}, ${timeline}, ${lastTouchColumn}
      FROM (SELECT 1) AS one LEFT JOIN dovetail.history h ON true`
    await this.check(link)
  }

  /**
   * Compares the history, and renews the epochs where it has changed. Returns the history's id. @throws
   * StoreUnavailable where the server is a standby, and the database's own errors.
   *
   * Checks run on several connections at once, and their answers may arrive in another order than they
   * were made in. So an answer is compared with what this node had seen before it asked: what it learned
   * meanwhile may be newer than the answer.
   */
  async check(link: RawLink): Promise<string> {
    if (this.#read === '') return ''
    const seen = this.#seen
    const found = await this.#find(link)
    const verdict = judgeHistory(found.row, found.now, seen)
    if (verdict.kind === 'same') return this.#note(found.row, found.now)
    return await this.#settle(link)
  }

  async #find(link: RawLink): Promise<Found> {
    try {
      return foundIn(await link.query(this.#read))
    } catch (error) {
      await requirePrimary(link)
      throw error
    }
  }

  #note(row: RecordedHistory | null, { lastTouch }: ServerIdentity): string {
    if (row === null) throw new Error('the history is not recorded')
    this.#seen = laterOf(this.#seen, { number: row.number, id: row.id, lastTouch })
    return row.id
  }

  /** Decides again while it holds the row, so that only one of several nodes renews the epochs. */
  async #settle(link: RawLink): Promise<string> {
    await link.query('BEGIN')
    try {
      // The statement changes every channel: it may take any time.
      await link.query('SET LOCAL statement_timeout = 0')
      await link.query(
        `INSERT INTO dovetail.history (number, id, system, timeline, written)
         VALUES (0, '', '', '', pg_current_xact_id()) ON CONFLICT DO NOTHING`,
      )
      await link.query('SELECT 1 FROM dovetail.history FOR UPDATE')
      const seen = this.#seen
      const { row, now } = await this.#find(link)
      const recorded = row === null || row.id === '' ? null : row
      const verdict = judgeHistory(recorded, now, seen)
      const count = await this.#write(link, { row: recorded, now }, verdict)
      await link.query('COMMIT')
      const settled = await this.#find(link)
      const id = this.#note(settled.row, settled.now)
      if (verdict.kind === 'new') this.#onNotice(lineOf(verdict.reason, count))
      return id
    } catch (error) {
      await link.query('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  /** Returns how many channels got a new epoch. */
  async #write(link: RawLink, { row, now }: Found, verdict: Verdict): Promise<number> {
    if (verdict.kind === 'same') return 0
    const isNew = verdict.kind === 'new' || row === null
    const number = Math.max(row?.number ?? 0, this.#seen?.number ?? 0) + (isNew ? 1 : 0)
    const id = isNew ? randomEpoch() : row.id
    // What can't be asked stays as it was recorded; of another history, it is not known.
    const kept = verdict.kind === 'new' ? null : row
    const [system, timeline] = [now.system || (kept?.system ?? ''), now.timeline || (kept?.timeline ?? '')]
    await link.query(
      `UPDATE dovetail.history SET number = $1, id = $2, system = $3, timeline = $4, written = pg_current_xact_id()`,
      [number, id, system, timeline],
    )
    if (verdict.kind !== 'new') return 0
    return (await link.query(renewChannels.text)).length
  }
}

interface Found {
  readonly row: RecordedHistory | null
  readonly now: ServerIdentity
}

function foundIn([found]: readonly SqlRow[]): Found {
  const [number, id, system, timeline, isOriginal, systemNow, timelineNow, lastTouch] = found ?? []
  const now = {
    system: String(systemNow ?? ''),
    timeline: String(timelineNow ?? ''),
    lastTouch: lastTouch === null || lastTouch === undefined ? null : BigInt(String(lastTouch)),
  }
  if (number === null || number === undefined) return { row: null, now }
  const row = { number: Number(number), id: String(id), system: String(system), timeline: String(timeline) }
  return { row: { ...row, isOriginal: isOriginal === true }, now }
}

/** Returns the later of two answers: checks that run at once may end in another order than they began. */
function laterOf(seen: SeenHistory | null, found: SeenHistory): SeenHistory {
  if (seen === null || found.number > seen.number) return found
  if (found.number < seen.number) return seen
  return (seen.lastTouch ?? 0n) > (found.lastTouch ?? 0n) ? seen : found
}

function lineOf(reason: string, channels: number): string {
  return `another history of the database (${reason}): each of its ${channels} channels has a new epoch, and readers start over`
}

/** A standby accepts no writes and may be behind the primary: its answers may be out of date. */
async function requirePrimary(link: RawLink): Promise<void> {
  const [row] = await link.query('SELECT pg_is_in_recovery()')
  if (row?.[0] === true) throw new StoreUnavailable('it is a standby: the database takes no writes')
}
