import type { LiveEntry, LiveSnapshot } from 'dovetail-client'
import { expect, test } from 'vitest'
import type { EntityData } from '../session/data-types.ts'
import { Arena } from './arena.ts'
import { field } from './field.ts'
import { starsAt } from './stars.ts'

const serverNow = 1_700_000_000_000
const idle = { heading: null, thrust: false }

/** An arena whose clock and other ships the test sets, and a server that refuses only stars that are taken. */
function world() {
  const now = { ms: 0 }
  const written: { id: string; data: EntityData }[] = []
  const deleted: string[] = []
  const taken = new Set<string>()
  const scores: number[] = []
  let records: LiveEntry<EntityData>[] = []
  let notify: () => void = () => undefined
  const first = starsAt(serverNow)[0]
  if (first === undefined) throw new Error('there are stars')
  const startsAt = [first.x / field.width, first.y / field.height, 0]
  const arena = new Arena({
    me: 'me',
    now: () => now.ms,
    serverNow: () => serverNow,
    random: () => startsAt.shift() ?? 0,
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
        notify = listener
        return () => undefined
      },
    },
  })
  const receive = (entries: { id: string; author: string; rev: number; data: EntityData }[]) => {
    records = entries.map(({ data, ...rest }) => {
      const record = { ...rest, pos: 1, createdAt: '', updatedAt: '', data }
      return { status: 'acknowledged', key: rest.id, data, record }
    })
    notify()
  }
  return { arena, now, written, deleted, taken, scores, receive, first }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a star that the own ship touches scores once the server has stored the claim', async () => {
  const { arena, written, scores, first } = world()
  expect(arena.frame(idle).stars).toContainEqual(first)
  await settled()
  expect(written.map(({ id }) => id)).toContain(first.id)
  expect(scores).toEqual([1])
  expect(arena.frame(idle).stars).not.toContainEqual(first)
  await settled()
  expect(scores).toEqual([1])
})

test('a star that another ship claimed first does not score', async () => {
  const { arena, taken, scores, first } = world()
  taken.add(first.id)
  arena.frame(idle)
  await settled()
  expect(scores).toEqual([])
})

test('the moves of the own ship are sent 20 times a second', async () => {
  const { arena, now, written } = world()
  const moves = () => written.filter(({ id }) => id === 'me').length
  for (; now.ms < 1000; now.ms += 10) {
    arena.frame({ heading: 0, thrust: true })
    await settled()
  }
  expect(moves()).toBeGreaterThanOrEqual(19)
  expect(moves()).toBeLessThanOrEqual(21)
})

test('a ship that does not move is sent once a second, each time with a change, since a write without one reaches nobody', async () => {
  const { arena, now, written } = world()
  for (; now.ms < 4000; now.ms += 10) {
    arena.frame(idle)
    await settled()
  }
  const states = written.filter(({ id }) => id === 'me').map(({ data }) => JSON.stringify(data))
  expect(states.length).toBeGreaterThanOrEqual(4)
  for (const [i, state] of states.entries()) expect(state).not.toBe(states[i - 1])
})

test('another ship is drawn 100 ms late, and no longer once it left or sent nothing for 5 s', () => {
  const { arena, now, receive } = world()
  const ship = { kind: 'ship', x: 100, y: 100, angle: 0, thrust: false, score: 3 } as const
  receive([{ id: 'bob', author: 'bob', rev: 1, data: { ...ship } }])
  now.ms = 50
  receive([{ id: 'bob', author: 'bob', rev: 2, data: { ...ship, x: 120 } }])
  now.ms = 125
  expect(arena.frame(idle).others).toMatchObject([{ user: 'bob', ship: { x: 110, score: 3 } }])
  receive([])
  expect(arena.frame(idle).others).toEqual([])
  receive([{ id: 'bob', author: 'bob', rev: 3, data: { ...ship } }])
  now.ms = 6000
  expect(arena.frame(idle).others).toEqual([])
})

test('a stopped arena deletes its ship and its claims', async () => {
  const { arena, deleted, first } = world()
  arena.frame(idle)
  await settled()
  arena.stop()
  expect(deleted).toEqual(['me', first.id])
})
