import { expect, test } from 'vitest'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { KnownNodes } from './known-nodes.ts'

function report(name: string, readers = 0) {
  return {
    ...{ name, version: '1.0.0', startedAt: 0, isLeaving: false, connections: 0, readers, readersBehind: 0 },
    ...{ channels: 0, writesPerSecond: 0, framesPerSecond: 0, lagMs: null, memoryBytes: 1, busyShare: 0 },
  }
}

test('[OPS3] a node is known by its last report, until it is silent for 10 s', async () => {
  const clock = new HandClock()
  const nodes = new KnownNodes(clock)
  nodes.heard(report('b:1'))
  nodes.heard(report('a:1'))
  nodes.heard(report('b:1', 7))
  expect(nodes.all.map((node) => [node.report.name, node.report.readers])).toEqual([
    ['a:1', 0],
    ['b:1', 7],
  ])
  await clock.pass(9000)
  nodes.heard(report('b:1', 8))
  await clock.pass(1500)
  expect(nodes.all.map((node) => [node.report.name, node.report.readers])).toEqual([['b:1', 8]])
})

test('so many names as no deployment has do not fill the memory', () => {
  const nodes = new KnownNodes(new HandClock())
  for (let i = 0; i < 1000; i++) nodes.heard(report(`n${i}`))
  expect(nodes.all.map((node) => node.report.name)).toHaveLength(200)
  expect(nodes.all.some((node) => node.report.name === 'n999')).toBe(true)
})
