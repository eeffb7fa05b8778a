import { expect, onTestFinished, test } from 'vitest'
import { SharedRate } from '../../core/rate/shared-rate.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { databasesOfNodes, openNode } from './nodes.fixture.ts'

const { server, create } = databasesOfNodes()

async function pair() {
  const database = await create()
  const open = async () => {
    const { backbone, presence, buckets } = await openNode(database)
    onTestFinished(() => backbone.close())
    // One token an hour: no token is added during a test.
    const rate = new SharedRate({ buckets, clock: systemClock, name: 'guests', perSecond: 1 / 3600, burst: 4 })
    return { backbone, presence, rate }
  }
  const sql = (text: string) => server().psql(text, database.name)
  return { sql, near: await open(), far: await open() }
}

test('all nodes share one bucket for each key, and a new bucket is full', async () => {
  const { near, far } = await pair()
  for (const { rate } of [near, far, near, far]) expect(await rate.take('a')).toBe(0)
  for (const { rate } of [near, far]) expect(Math.round(await rate.take('a'))).toBeCloseTo(3600, -2)
  expect(await near.rate.take('b')).toBe(0)
})

test('of many takes at once, as many succeed as there were tokens', async () => {
  const { near, far } = await pair()
  const taken = await Promise.all(Array.from({ length: 20 }, (_none, i) => (i % 2 === 0 ? near : far).rate.take('a')))
  expect(taken.filter((seconds) => seconds === 0)).toHaveLength(4)
})

test('a bucket fills with time and is deleted when it is full', async () => {
  const { sql, near, far } = await pair()
  for (const { rate } of [near, far, near, far]) await rate.take('a')
  await near.presence.beat()
  expect(await sql('SELECT name FROM dovetail.buckets')).toBe('guests:a')
  const passes = (hours: number) =>
    sql(
      `UPDATE dovetail.buckets SET at = at - interval '${hours} hours', full_at = full_at - interval '${hours} hours'`,
    )
  await passes(2)
  expect([await near.rate.take('a'), await far.rate.take('a')]).toEqual([0, 0])
  expect(await near.rate.take('a')).toBeGreaterThan(0)
  await passes(5)
  await near.presence.beat()
  expect(await sql('SELECT count(*) FROM dovetail.buckets')).toBe('0')
  expect(await far.rate.take('a')).toBe(0)
})

test('each node limits by itself while PostgreSQL can not be reached', async () => {
  const { near, far } = await pair()
  for (let count = 0; count < 4; count++) await near.rate.take('a')
  await near.backbone.close()
  for (let count = 0; count < 4; count++) expect(await near.rate.take('a')).toBe(0)
  expect(await near.rate.take('a')).toBeGreaterThan(0)
  expect(await far.rate.take('a')).toBeGreaterThan(0)
})
