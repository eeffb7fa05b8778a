import type { LiveEntry, LiveSnapshot } from '@dovetail/client'
import { expect, test } from 'vitest'
import type { EntityData } from '../session/data-types.ts'
import { Arena } from './arena.ts'
import { field } from './field.ts'
import { starsAt } from './stars.ts'

const serverNow = 1_700_000_000_000
const idle = { heading: null, thrust: false }

/** An arena whose time and neighbours are turned by hand, and a server that takes everything but what was taken. */
function world() {
  const now = { ms: 0 }
  const written: { id: string; data: EntityData }[] = []
  const deleted: string[] = []
  const taken = new Set<string>()
  const scores: number[] = []
  let records: LiveEntry<EntityData>[] = []
  let tell: () => void = () => undefined
  const first = starsAt(serverNow)[0]
  if (first === undefined) throw new Error('there are stars')
  const places = [first.x / field.width, first.y / field.height, 0]
  const arena = new Arena({
    me: 'me',
    now: () => now.ms,
    serverNow: () => serverNow,
    random: () => places.shift() ?? 0,
    score: 0,
    onScore: (score) => scores.push(score),
    collection: {
      replace: async (id, data) => {
        if (taken.has(id)) throw new Error('exists')
        written.push({ id, data })
        return { id, pos: 1, rev: 1, author: 'me', createdAt: '', updatedAt: '', data }
      },
      delete: async (id) => {
        deleted.push(id)
        return null
      },
    },
    view: {
      getSnapshot: () => ({ records }) as unknown as LiveSnapshot<EntityData>,
      subscribe: (listener) => {
        tell = listener
        return () => undefined
      },
    },
  })
  const hear = (entries: { id: string; author: string; rev: number; data: EntityData }[]) => {
    records = entries.map(({ data, ...rest }) => {
      const record = { ...rest, pos: 1, createdAt: '', updatedAt: '', data }
      return { status: 'acknowledged', key: rest.id, data, record }
    })
    tell()
  }
  return { arena, now, written, deleted, taken, scores, hear, first }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a star that one touches is one’s own once the server took the claim', async () => {
  const { arena, written, scores, first } = world()
  expect(arena.frame(idle).stars).toContainEqual(first)
  await settled()
  expect(written.map(({ id }) => id)).toContain(first.id)
  expect(scores).toEqual([1])
  expect(arena.frame(idle).stars).not.toContainEqual(first)
  await settled()
  expect(scores).toEqual([1])
})

test('a star that another had first counts nothing', async () => {
  const { arena, taken, scores, first } = world()
  taken.add(first.id)
  arena.frame(idle)
  await settled()
  expect(scores).toEqual([])
})

test('moves are told 20 times a second, and standing still once a second', async () => {
  const { arena, now, written } = world()
  const moves = () => written.filter(({ id }) => id === 'me').length
  for (; now.ms < 1000; now.ms += 10) {
    arena.frame({ heading: 0, thrust: true })
    await settled()
  }
  expect(moves()).toBeGreaterThanOrEqual(19)
  expect(moves()).toBeLessThanOrEqual(21)
})

test('a ship that stands still says so by a change each time, since nobody hears of a write that changes nothing', async () => {
  const { arena, now, written } = world()
  for (; now.ms < 4000; now.ms += 10) {
    arena.frame(idle)
    await settled()
  }
  const words = written.filter(({ id }) => id === 'me').map(({ data }) => JSON.stringify(data))
  expect(words.length).toBeGreaterThanOrEqual(4)
  for (const [i, word] of words.entries()) expect(word).not.toBe(words[i - 1])
})

test('another’s ship is drawn, late by 100 ms, and no longer when it fell silent or left', () => {
  const { arena, now, hear } = world()
  const ship = { kind: 'ship', x: 100, y: 100, angle: 0, thrust: false, score: 3 } as const
  hear([{ id: 'bob', author: 'bob', rev: 1, data: { ...ship } }])
  now.ms = 50
  hear([{ id: 'bob', author: 'bob', rev: 2, data: { ...ship, x: 120 } }])
  now.ms = 125
  expect(arena.frame(idle).others).toMatchObject([{ user: 'bob', ship: { x: 110, score: 3 } }])
  hear([])
  expect(arena.frame(idle).others).toEqual([])
  hear([{ id: 'bob', author: 'bob', rev: 3, data: { ...ship } }])
  now.ms = 6000
  expect(arena.frame(idle).others).toEqual([])
})

test('who leaves takes the ship and the claims along', async () => {
  const { arena, deleted, first } = world()
  arena.frame(idle)
  await settled()
  arena.stop()
  expect(deleted).toEqual(['me', first.id])
})
