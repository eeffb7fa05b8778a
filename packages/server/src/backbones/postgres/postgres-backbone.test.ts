import { startTcpSwitch } from 'dovetail-lab/services'
import { describe, expect, onTestFinished, test } from 'vitest'
import { backboneContract, cutContract } from '../../ports/backbone.contract.ts'
import { advanced, dropped, isOf, Subscriber } from '../../ports/backbone.fixture.ts'
import { answering } from '../shared/answering.fixture.ts'
import { databasesOfNodes, openNode } from './nodes.fixture.ts'

const { server, create } = databasesOfNodes()

async function openPair() {
  const database = await create()
  const [near, far] = await Promise.all([openNode(database), openNode(database)])
  return { near: near.backbone, far: far.backbone, database }
}

/** As `openPair`, for the tests that are in no contract. */
async function opened() {
  const pair = await openPair()
  onTestFinished(async () => {
    await pair.near.close()
    await pair.far.close()
  })
  return { ...pair, subscriber: new Subscriber(pair.far) }
}

backboneContract('the PostgreSQL backbone', openPair, 'heads')

cutContract('the PostgreSQL backbone, one of whose connections is cut', async () => {
  const database = await create()
  const way = await startTcpSwitch(server().port)
  onTestFinished(() => way.stop())
  const url = database.url.replace(`:${server().port}`, `:${way.port}`)
  const [near, far] = await Promise.all([openNode(database), openNode({ ...database, url })])
  const cut = async () => {
    way.to(null)
    return async () => way.to(server().port)
  }
  return { near: near.backbone, far: far.backbone, cut }
})

describe('the PostgreSQL backbone', () => {
  test('a connection that an administrator ends is replaced, and reports a gap', async () => {
    const { near, subscriber, database } = await opened()
    await subscriber.listen('chat:a')
    await server().psql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dovetail notifications'`,
      database.name,
    )
    await subscriber.gapsReach(1)
    await subscriber.receivedInTheEnd(near, dropped('chat:a'))
  })

  test('a half-open connection is given up within seconds, and notifications published meanwhile are lost', async () => {
    const { near, database } = await opened()
    const way = await startTcpSwitch(server().port)
    onTestFinished(() => way.stop())
    const reports: string[] = []
    const url = database.url.replace(`:${server().port}`, `:${way.port}`)
    const { backbone } = await openNode({ ...database, url }, (_error, doing) => reports.push(doing))
    onTestFinished(() => backbone.close())
    const subscriber = new Subscriber(backbone)
    await subscriber.listen('chat:a')
    way.silence(true)
    near.publish(dropped('chat:a'))
    await expect.poll(() => reports, { timeout: 25_000 }).toContain('listening to other nodes by PostgreSQL')
    await expect(backbone.probe()).rejects.toThrow()
    expect(subscriber.notifications).toEqual([])
    way.silence(false)
    await subscriber.gapsReach(1)
    await subscriber.receivedInTheEnd(near, dropped('chat:a'))
  })

  test('no data of a record goes through NOTIFY, and of many heads of a channel in one turn the last', async () => {
    const { near, subscriber, database } = await opened()
    const heard: string[] = []
    const { default: pg } = await import('pg')
    const client = new pg.Client(database.url)
    await client.connect()
    onTestFinished(() => client.end())
    client.on('notification', ({ payload = '' }) => heard.push(payload))
    await client.query('LISTEN dovetail_nodes')
    await subscriber.listen('chat:a')
    for (let head = 1; head <= 100; head++) near.publish(advanced('chat:a', head, ['secret']))
    await subscriber.received('the last head', (one) => one.kind === 'advanced' && one.head === 100)
    // The database tells one listener before the other.
    await expect.poll(() => heard.length, { timeout: 25_000 }).toBeGreaterThan(0)
    await client.query('SELECT 1')
    expect(heard).toHaveLength(1)
    expect(heard[0]).not.toContain('secret')
  })

  test('a change of a membership is not said to leave the members as they were', async () => {
    const { near, subscriber } = await opened()
    await subscriber.listen('team:a')
    const change = advanced('team:a', 2, ['one', 'two'])
    const [first, second] = change.changes
    if (first === undefined || second === undefined) throw new Error('there are two changes')
    near.publish({ ...change, changes: [first, { ...second, collection: 'members' }] })
    near.publish(advanced('team:a', 3, ['three']))
    const heard = await subscriber.received('the head', (one) => one.kind === 'advanced' && one.head === 3)
    expect(heard).toEqual({ ...change, head: 3, changes: [] })
  })

  test('a signal of 60 kB arrives whole, between others', async () => {
    const { near, subscriber } = await opened()
    await subscriber.listen('chat:a')
    const signal = { kind: 'signal', channel: 'chat:a', type: 'draw', user: 'ana' } as const
    const datas = ['1', JSON.stringify('😀'.repeat(15_000)), '2']
    for (const data of datas) near.publish({ ...signal, data })
    await subscriber.received('the last', (one) => one.kind === 'signal' && one.data === '2')
    expect(subscriber.notifications).toEqual(datas.map((data) => ({ ...signal, data })))
  })

  test('backbones on two databases of one server receive nothing from each other', async () => {
    const [one, two] = [await opened(), await opened()]
    one.near.publish({ kind: 'revoked' })
    await one.subscriber.received('the notification', ({ kind }) => kind === 'revoked')
    await answering(two.far)
    expect(two.subscriber.notifications).toEqual([])
  })

  test('an address where nothing answers, or of another database than the store’s, is refused', async () => {
    const [database, other] = [await create(), await create()]
    await expect(openNode({ ...database, url: 'postgres://dovetail@127.0.0.1:1/x' })).rejects.toThrow(/ECONNREFUSED/)
    await expect(openNode({ ...database, url: other.url })).rejects.toThrow(
      'it is another database than that of the store',
    )
    const empty = await server().createDatabase('empty')
    await expect(openNode({ ...database, url: empty })).rejects.toThrow('it is another database than that of the store')
  })

  test('a closed backbone has no connections left', async () => {
    const { near, far, database } = await openPair()
    await near.close()
    await far.close()
    const left = () =>
      server().psql(
        `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'dovetail%' AND datname = '${database.name}'`,
      )
    await expect.poll(left, { timeout: 20_000 }).toBe('0')
  })

  test('a notification of a channel that nobody follows here is not passed on', async () => {
    const { near, subscriber } = await opened()
    await subscriber.listen('chat:b')
    near.publish(advanced('chat:a', 1, []))
    near.publish(dropped('chat:b'))
    await subscriber.received('the second', isOf('chat:b'))
    expect(subscriber.notifications).toHaveLength(1)
  })
})
