import { startTcpSwitch } from 'dovetail-lab/services'
import { expect, onTestFinished, test } from 'vitest'
import { create as record, unit } from '../../../ports/store-contract/units.fixture.ts'
import { databases, openStore } from './databases.fixture.ts'

const made = databases({ fsync: false })

test('a connection that falls silent is closed, and later calls succeed on new ones', async () => {
  const way = await startTcpSwitch(made.server.port)
  onTestFinished(() => way.stop())
  const url = (await made.create()).replace(/:\d+\//, `:${way.port}/`)
  const store = await openStore(url, { statementMs: 1500, silenceMs: 500, connectMs: 1500 })
  await store.commit([unit([record('a')])])
  way.silence(true)
  const calls = [store.commit([unit([record('b')])]), store.channel('chat:general'), store.touched(null)]
  for (const call of await Promise.allSettled(calls)) {
    expect(call).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable' } })
  }
  way.silence(false)
  expect((await store.commit([unit([record('c')])]))[0]).toMatchObject({ kind: 'committed', head: 2 })
})
