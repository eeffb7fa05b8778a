import { expect, onTestFinished, test } from 'vitest'
import { openPostgresStore } from '../../packages/server/src/stores/postgres/open.ts'
import { at } from '../support/paths.ts'
import { nodesSuite } from './nodes.suite.ts'
import { startNodes } from './nodes.ts'
import { postgresAndRedis } from './postgres-and-redis.ts'

const services = postgresAndRedis()

nodesSuite('three nodes on PostgreSQL and Redis', async () => ({
  store: services.postgres.url,
  backbone: services.redis.url,
}))

test('[WSK34] after the log was replaced, as by a restore, readers of every node are reset and read on', async () => {
  const store = await services.postgres.createDatabase('renewed')
  const { nodes, stop } = await startNodes(2, { store, backbone: services.redis.url })
  onTestFinished(stop)
  const callers = await Promise.all(nodes.map((node) => node.rest('alice')))
  await callers[0]?.post(at('chat:a'), { text: 'before' })
  const sockets = await Promise.all(nodes.map((node) => node.connect('bob')))
  const epochs = await Promise.all(sockets.map(async (socket) => (await socket.subscribe('chat:a')).epoch))
  // Somebody else's hand on the same database.
  const hand = await openPostgresStore({ url: store })
  await hand.renew()
  await hand.close()
  const resets = await Promise.all(sockets.map((socket) => socket.next('reset', 'chat:a')))
  for (const { reason, epoch, cursor } of resets) {
    expect([reason, cursor]).toEqual(['epoch', `${epoch}.1`])
    expect(epochs).not.toContain(epoch)
  }
  await callers[1]?.post(at('chat:a'), { text: 'after' })
  for (const socket of sockets)
    expect((await socket.reached('chat:a', 2)).map(({ from, to }) => [from, to])).toEqual([[1, 2]])
})
