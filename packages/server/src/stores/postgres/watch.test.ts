import { expect, test } from 'vitest'
import { create as record, unit } from '../../ports/store-contract/units.fixture.ts'
import { databases, openStore } from './connection/databases.fixture.ts'

const made = databases({ fsync: false })
const at = Date.UTC(2026, 10, 25)

const put = (channel: string, id: string) => unit([record(id)], { channel })

test('`touched` gives the channels that were written, made, dropped or renewed since the mark, and no others', async () => {
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

test('`touched` reports that revocations changed', async () => {
  const url = await made.emptied()
  const [store, watch] = [await openStore(url), await openStore(url)]
  const { mark } = await watch.touched(null)
  await store.revoke({ kind: 'user', id: 'ana', at, until: at + 1 })
  const touched = await watch.touched(mark)
  expect(touched.revocationsChanged).toBe(true)
  expect((await watch.touched(touched.mark)).revocationsChanged).toBe(false)
})

test('`touched` gives every channel for a mark with a higher transaction than the database has reached', async () => {
  const store = await openStore(await made.emptied())
  await store.commit([put('chat:a', '1')])
  const [history] = (await store.touched(null)).mark.split(' ')
  const { channels, revocationsChanged } = await store.touched(`${history} 18446744073709551000`)
  expect([channels.length, revocationsChanged]).toEqual([1, false])
})

test('`touched` reports lost data for a mark of another history', async () => {
  const store = await openStore(await made.emptied())
  await store.commit([put('chat:a', '1')])
  const { mark } = await store.touched(null)
  const found = await store.touched('another 5')
  expect(found).toMatchObject({ lost: true, channels: [], revocationsChanged: true })
  expect(found.mark.split(' ')[0]).toBe(mark.split(' ')[0])
})
