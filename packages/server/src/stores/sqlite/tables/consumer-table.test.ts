import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadDriver } from '../driver/driver.ts'
import { temporaryFolder } from '../file/temporary-folder.fixture.ts'
import { openSqliteStore } from '../open.ts'
import { ConsumerTable } from './consumer-table.ts'

const hour = 3_600_000
const leaseMs = 30_000

/** The table in a file that a store has made, for a clock that the test sets. */
async function opened(): Promise<ConsumerTable> {
  const path = join(temporaryFolder(), 'store.db')
  await (await openSqliteStore({ path })).close()
  const database = (await loadDriver()).open(path)
  onTestFinished(() => database.close())
  const table = new ConsumerTable(database, (change) => change())
  table.make({ name: 'mail', pattern: 'chat:*', version: 'v1', createdAt: 0 }, [])
  return table
}

test('[CON5] a lease ends in its time also where the clock was set back', async () => {
  const table = await opened()
  const claim = (lease: string, now: number) =>
    table.claim({ consumer: 'mail', channels: ['chat:a'], lease, worker: 'w1', leaseMs }, now)
  claim('l1', hour)
  expect(claim('l2', 0)).toEqual({ claimed: [], refused: [{ channel: 'chat:a', freeInMs: leaseMs }] })
  expect(claim('l2', leaseMs - 1)?.claimed).toEqual([])
  expect(claim('l2', leaseMs)?.claimed).toEqual([{ channel: 'chat:a', cursor: '0' }])
})

test('[CON6] a delay is not shortened to the length of a lease', async () => {
  const table = await opened()
  const request = { consumer: 'mail', channels: ['chat:a'], worker: 'w1', leaseMs }
  table.claim({ ...request, lease: 'l1' }, 0)
  table.settle('mail', 'l1', [{ channel: 'chat:a', cursor: null, keep: false, delayMs: hour }], 0)
  const delayed = table.claim({ ...request, lease: 'l2' }, 1)
  expect(delayed?.refused).toEqual([{ channel: 'chat:a', freeInMs: hour - 1 }])
})
