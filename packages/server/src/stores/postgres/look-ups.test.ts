import { expect, test } from 'vitest'
import { create as record, unit } from '../../ports/store-contract/units.fixture.ts'
import { openPostgresStore } from '../postgres.ts'
import { databases } from './databases.fixture.ts'

const made = databases({ fsync: false })

/** Rows of a table that were read, as the database counted them: it counts what a connection did when that ends, or some time before. */
async function rowsRead(table: string, lookUps: number): Promise<number> {
  for (;;) {
    const counted = await made.server.psql(
      `SELECT idx_scan, idx_tup_fetch + seq_tup_read FROM pg_stat_user_tables WHERE relname = '${table}'`,
    )
    const [scans, rows] = counted.split('|').map(Number)
    if (scans !== undefined && rows !== undefined && scans >= lookUps) return rows
  }
}

test('statements planned while a channel was small look up their rows alone when it is large', async () => {
  const store = await openPostgresStore({ url: made.server.url })
  const [groups, units] = [20, 50]
  for (let group = 0; group < groups; group++) {
    const ids = Array.from({ length: units }, (_none, index) => `g${group}-${index}`)
    await store.commit(ids.map((id) => unit([{ ...record(id), key: { key: id, fingerprint: 'f' } }])))
  }
  await store.close()
  // The first group finds no channel, and looks for nothing in it.
  const lookUps = (groups - 1) * units
  // A walk over the channel for each would be five hundred rows a look-up.
  expect(await rowsRead('keys', lookUps)).toBeLessThan(3 * lookUps)
  expect(await rowsRead('records', lookUps)).toBeLessThan(3 * lookUps)
})
