/** What a node does when the database is not the one it knew: real servers, promoted, copied and restored. */
import { rm } from 'node:fs/promises'
import { copyPrimary, type Postgres, startPostgres, startStandby, startTcpSwitch } from 'dovetail-lab/services'
import pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { range, create as record, unit } from '../../../ports/store-contract/store.fixture.ts'
import { openPostgresStore } from '../open.ts'

/** Each test starts two servers or three. */
vi.setConfig({ testTimeout: 120_000 })

const channel = 'chat:general'

type Opened = Awaited<ReturnType<typeof openPostgresStore>>

const kept = <Part extends { stop(): Promise<unknown> }>(part: Part): Part => {
  onTestFinished(async () => void (await part.stop()))
  return part
}

/** A primary with an asynchronous standby behind one address, and nodes that connect to that address. */
async function world() {
  const primary = kept(await startPostgres({ fsync: false }))
  const standby = kept(await startStandby(primary, { fsync: false }))
  const address = kept(await startTcpSwitch(primary.port))
  const url = primary.url.replace(`:${primary.port}/`, `:${address.port}/`)
  const notices: string[] = []
  const open = async (): Promise<Opened> => {
    const store = await openPostgresStore({ url, readers: 2, onNewHistory: (line) => notices.push(line) })
    onTestFinished(() => store.close())
    return store
  }
  return { primary, standby, address, open, notices }
}

async function write(store: Opened, ids: readonly string[]): Promise<void> {
  for (const id of ids) expect((await store.commit([unit([record(id)])]))[0]).toMatchObject({ kind: 'committed' })
}

const epochOf = async (store: Opened): Promise<string> => (await store.channel(channel))?.epoch ?? 'none'

/** Answers once the store can be reached again: cut connections are discovered one by one. */
async function again<Result>(call: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt === 40) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

test('[P2] a promoted standby that lacks commits has new epochs before anything is read or written', async () => {
  const { standby, address, open, notices } = await world()
  const [one, two] = [await open(), await open()]
  await write(one, ['a', 'b'])
  const [before, mark] = [await epochOf(one), (await two.touched(null)).mark]
  await standby.caughtUp()
  await standby.detach()
  await write(one, ['lost'])
  address.to(standby.port)
  await standby.promote()
  const after = await again(() => epochOf(one))
  expect(after).not.toBe(before)
  const touched = await again(() => two.touched(mark))
  expect(touched).toMatchObject({ lost: true, revocationsChanged: true })
  expect(await epochOf(two)).toBe(after)
  expect(notices).toHaveLength(1)
  expect(notices[0]).toMatch(/^another history of the database \(timeline 00000002, it was 00000001\): .*new epoch/)
  // Enough commits to pass the cursor that a client had saved.
  await write(two, ['c', 'd', 'e'])
  expect(await two.channel(channel)).toMatchObject({ epoch: after, head: 5 })
  expect((await two.touched(touched.mark)).lost).toBeUndefined()
})

test('[P2] a clean switch-over gives new epochs too, since the new primary can not know that nothing was lost', async () => {
  const { primary, standby, address, open } = await world()
  const store = await open()
  await write(store, ['a'])
  const before = await epochOf(store)
  await standby.caughtUp()
  address.to(null)
  await primary.stop()
  await standby.promote()
  address.to(standby.port)
  expect(await again(() => epochOf(store))).not.toBe(before)
  expect(await again(() => store.channel(channel))).toMatchObject({ head: 1 })
})

test('[P2] a promotion while every node is stopped is noticed at the next start', async () => {
  const { standby, address, open, notices } = await world()
  const first = await open()
  await write(first, ['a'])
  const before = await epochOf(first)
  await standby.caughtUp()
  await standby.detach()
  await write(first, ['lost'])
  await first.close()
  address.to(standby.port)
  await standby.promote()
  const second = await open()
  const after = await epochOf(second)
  expect(after).not.toBe(before)
  expect(notices).toHaveLength(1)
  await second.close()
  expect(await epochOf(await open())).toBe(after)
  expect(notices).toHaveLength(1)
})

test('[P2] a node refuses a standby that is not promoted', async () => {
  const { standby, address, open } = await world()
  await write(await open(), ['a'])
  await standby.caughtUp()
  address.to(standby.port)
  await expect(open()).rejects.toThrow(/it is a standby/)
})

test('[P2] a base backup that is started unchanged, on the same timeline, is noticed by a node that read later commits', async () => {
  const { primary, address, open, notices } = await world()
  const store = await open()
  await write(store, ['a'])
  const folder = await copyPrimary(primary)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await write(store, ['lost', 'lost too'])
  const [before, mark] = [await epochOf(store), (await store.touched(null)).mark]
  address.to(null)
  const copy: Postgres = kept(await startPostgres({ folder, fsync: false }))
  address.to(copy.port)
  const after = await again(() => epochOf(store))
  expect(after).not.toBe(before)
  expect((await store.touched(mark)).lost).toBe(true)
  expect(notices[0]).toMatch(/it lacks commits that this node saw/)
})

test('the last commit that a node saw is the highest number, not the last in the order of letters', async () => {
  const { primary, open, notices } = await world()
  const store = await open()
  await write(store, ['a'])
  await store.commit([unit([record('b')], { channel: 'chat:other' })])
  const before = await epochOf(store)
  const admin = new pg.Client(primary.url)
  await admin.connect()
  onTestFinished(() => admin.end())
  const touch = async (name: string, transaction: string): Promise<void> => {
    await admin.query('UPDATE dovetail.channels SET touched = $2::xid8 WHERE name = $1', [name, transaction])
    await store.touched(null)
  }
  await touch('chat:other', '99998')
  await touch(channel, '99999')
  await touch(channel, '100000')
  expect([await epochOf(store), notices]).toEqual([before, []])
})

test('a crash of the primary and a restart keep every epoch', async () => {
  const { primary, open, notices } = await world()
  const store = await open()
  await write(store, range(20).map(String))
  const [before, { mark }] = [await epochOf(store), await store.touched(null)]
  for (const end of [() => primary.kill(), async () => undefined]) {
    await end()
    await primary.restart()
    expect(await again(() => epochOf(store))).toBe(before)
    expect((await again(() => store.touched(mark))).lost).toBeUndefined()
    const other = await open()
    expect(await epochOf(other)).toBe(before)
  }
  expect(notices).toEqual([])
})
