import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { create as record, unit } from '../../ports/store-contract/units.fixture.ts'
import { databases, openStore } from './databases.fixture.ts'

const made = databases({ fsync: false })

/** A way to the database on which everything can be held back, as where a cable is cut: nobody is told. */
async function cutter(port: number) {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
      from.on('data', (bytes) => {
        if (!isCut) to.write(bytes)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    cut: (whether: boolean) => {
      isCut = whether
    },
  }
}

test('a link that falls silent is given up; what comes after it was mended finds the way', async () => {
  const way = await cutter(made.server.port)
  const url = (await made.create()).replace(/:\d+\//, `:${way.port}/`)
  const store = await openStore(url, { statementMs: 1500, silenceMs: 500, connectMs: 1500 })
  await store.commit([unit([record('a')])])
  way.cut(true)
  const calls = [store.commit([unit([record('b')])]), store.channel('chat:general'), store.touched(null)]
  for (const call of await Promise.allSettled(calls)) {
    expect(call).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable' } })
  }
  way.cut(false)
  expect((await store.commit([unit([record('c')])]))[0]).toMatchObject({ kind: 'committed', head: 2 })
})
