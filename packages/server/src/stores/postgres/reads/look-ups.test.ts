import { expect, test } from 'vitest'
import { create as record, unit } from '../../../ports/store-contract/units.fixture.ts'
import { databases } from '../connection/databases.fixture.ts'
import { openPostgresStore } from '../open.ts'

const made = databases({ fsync: false })

/**
 * The rows of a table that were read, by the database's own statistics, which may be updated only when a
 * connection ends.
 */
async function rowsRead(table: string, lookUps: number): Promise<number> {
  for (;;) {
    const counted = await made.server.psql(
      `SELECT idx_scan, idx_tup_fetch + seq_tup_read FROM pg_stat_user_tables WHERE relname = '${table}'`,
    )
    const [scans, rows] = counted.split('|').map(Number)
    if (scans !== undefined && rows !== undefined && scans >= lookUps) return rows
  }
}

test('statements planned while a channel was small still read single rows when it is large', async () => {
  const store = await openPostgresStore({ url: made.server.url })
  const [groups, units] = [20, 50]
  for (let group = 0; group < groups; group++) {
    const ids = Array.from({ length: units }, (_none, index) => `g${group}-${index}`)
    await store.commit(ids.map((id) => unit([{ ...record(id), key: { key: id, fingerprint: 'f' } }])))
  }
  await store.close()
  // The first group finds no channel, and reads nothing in it.
  const lookUps = (groups - 1) * units
  // A walk over the channel would read five hundred rows for each.
  expect(await rowsRead('keys', lookUps)).toBeLessThan(3 * lookUps)
  expect(await rowsRead('records', lookUps)).toBeLessThan(3 * lookUps)
})
