import { expect, test } from 'vitest'
import { backboneContract } from '../ports/backbone.contract.ts'
import { dropped, Ear } from '../ports/backbone.fixture.ts'
import { MemoryBus, openMemoryBackbone } from './memory.ts'

backboneContract('the in-process backbone', async () => {
  const bus = new MemoryBus()
  return { near: bus.join(), far: bus.join() }
})

test('a node alone rings nobody, not even itself', async () => {
  const backbone = openMemoryBackbone()
  const ear = new Ear(backbone)
  await ear.listen('chat:a')
  backbone.ring(dropped('chat:a'))
  await backbone.probe()
  expect(ear.bells).toEqual([])
})
