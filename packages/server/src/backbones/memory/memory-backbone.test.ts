import { expect, test } from 'vitest'
import { backboneContract } from '../../ports/backbone.contract.ts'
import { dropped, Subscriber } from '../../ports/backbone.fixture.ts'
import { MemoryBus, openMemoryBackbone } from './memory-backbone.ts'

backboneContract('the in-process backbone', async () => {
  const bus = new MemoryBus()
  return { near: bus.join(), far: bus.join() }
})

test('the only node on a memory backbone receives nothing, not even its own notifications', async () => {
  const backbone = openMemoryBackbone()
  const subscriber = new Subscriber(backbone)
  await subscriber.listen('chat:a')
  backbone.publish(dropped('chat:a'))
  await backbone.probe()
  expect(subscriber.notifications).toEqual([])
})
