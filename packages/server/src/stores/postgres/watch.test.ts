import { expect, test } from 'vitest'
import { create as record, unit } from '../../ports/store-contract/units.fixture.ts'
import { databases, openStore } from './databases.fixture.ts'

const made = databases({ fsync: false })
const at = Date.UTC(2026, 10, 25)

const put = (channel: string, id: string) => unit([record(id)], { channel })

test('tells which channels were written to, made, dropped and renewed since the mark, and nothing of the rest', async () => {
  const url = await made.emptied()
  const [store, watch] = [await openStore(url), await openStore(url)]
  await store.commit([put('chat:a', '1'), put('chat:b', '1'), put('chat:c', '1')])
  const start = await watch.touched(null)
  expect(start).toMatchObject({ channels: [], revocationsChanged: false })
  await store.commit([put('chat:a', '2'), put('chat:d', '1')])
  await store.drop('chat:b')
  const epochs = new Map(
    (await store.channels({ prefix: '', after: '', limit: 9 })).map(({ name, epoch }) => [name, epoch]),
  )
  const touched = await watch.touched(start.mark)
  expect(touched.channels.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'chat:a', epoch: epochs.get('chat:a'), head: 2 },
    { name: 'chat:b', epoch: null, head: 1 },
    { name: 'chat:d', epoch: epochs.get('chat:d'), head: 1 },
  ])
  const quiet = await watch.touched(touched.mark)
  expect(quiet.channels).toEqual([])
  await store.renew()
  expect((await watch.touched(quiet.mark)).channels.map(({ name }) => name).sort()).toEqual([
    'chat:a',
    'chat:c',
    'chat:d',
  ])
})

test('tells that revocations changed', async () => {
  const url = await made.emptied()
  const [store, watch] = [await openStore(url), await openStore(url)]
  const { mark } = await watch.touched(null)
  await store.revoke({ kind: 'user', id: 'ana', at, until: at + 1 })
  const touched = await watch.touched(mark)
  expect(touched.revocationsChanged).toBe(true)
  expect((await watch.touched(touched.mark)).revocationsChanged).toBe(false)
})

test('a mark of a database that counted further than this one does tells all anew', async () => {
  const store = await openStore(await made.emptied())
  await store.commit([put('chat:a', '1')])
  const { channels, revocationsChanged } = await store.touched('18446744073709551000')
  expect([channels.length, revocationsChanged]).toEqual([1, false])
})
