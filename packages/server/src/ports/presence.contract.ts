/** The suite that every adapter of `presence.ts` passes. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { PresencePlace } from './presence.ts'

/** Two nodes in one place that nobody else uses; `elapse` resolves when a lease and a little more has passed. */
export interface PresencePair {
  readonly near: PresencePlace
  readonly far: PresencePlace
  elapse(): Promise<void>
  close(): Promise<void>
}

type Opened = () => Promise<PresencePair>

const since = Date.UTC(2026, 10, 25)
const here = (user: string, connections = 1, state: string | null = null, room = 'chat:a') => ({
  room,
  user,
  connections,
  since,
  state,
})

async function elsewhere(place: PresencePlace, version: string | null = null, room = 'chat:a') {
  const [moves] = await place.moves([{ room, version }])
  if (moves === undefined) throw new Error('no answer')
  return moves
}

const namesOf = (users: readonly { user: string; connections: number }[]) =>
  users
    .filter(({ connections }) => connections > 0)
    .map(({ user }) => user)
    .sort()

export function presenceContract(name: string, open: Opened): void {
  const opened = async () => {
    const pair = await open()
    onTestFinished(() => pair.close())
    return pair
  }
  describe(name, () => {
    tellingContract(opened)
    goingOnContract(opened)
    leaseContract(opened)
  })
}

function tellingContract(opened: Opened): void {
  test('who is told of is elsewhere for the others, and not for the node itself', async () => {
    const { near, far } = await opened()
    await near.tell([here('ana', 2, '{"x":1}'), here('b+o.b')])
    expect((await elsewhere(far)).users).toEqual(
      expect.arrayContaining([
        { user: 'ana', connections: 2, since, state: '{"x":1}' },
        { user: 'b+o.b', connections: 1, since, state: null },
      ]),
    )
    expect(namesOf((await elsewhere(near)).users)).toEqual([])
  })

  test('a user on two nodes is one, with all connections and the earliest time, gone with the last', async () => {
    const { near, far } = await opened()
    await near.tell([here('ana', 1, '"old"')])
    await far.tell([{ ...here('ana', 2), since: since - 5 }])
    expect((await elsewhere(near)).users).toEqual([{ user: 'ana', connections: 2, since: since - 5, state: '"old"' }])
    await far.tell([here('ana', 2, '"new"')])
    await near.tell([here('ana', 3)])
    expect((await elsewhere(far)).users).toEqual([{ user: 'ana', connections: 3, since, state: '"new"' }])
    await near.tell([here('ana', 0)])
    await far.tell([here('ana', 0)])
    await far.tell([here('ana', 1)])
    // Whoever was gone comes back without the state of before.
    expect((await elsewhere(near)).users).toEqual([{ user: 'ana', connections: 1, since, state: null }])
  })

  test('rooms are apart, however alike their names are', async () => {
    const { near, far } = await opened()
    const rooms = ['chat:a', 'chat:a:b', 'chat', 'state:chat:a', 'chat:A']
    for (const room of rooms) await near.tell([here(room, 1, null, room)])
    const found = await far.moves([...rooms, 'chat:none'].map((room) => ({ room, version: null })))
    expect(found.map(({ room, users }) => [room, namesOf(users)])).toEqual([
      ...rooms.map((room) => [room, [room]]),
      ['chat:none', []],
    ])
  })

  test('the others hear in which rooms something moved, the teller does not', async () => {
    const { near, far } = await opened()
    const heard: string[] = []
    near.onMoved((rooms) => heard.push(...rooms))
    const farHears = new Promise<readonly string[]>((resolve) => far.onMoved(resolve))
    await near.tell([here('ana'), here('bob'), here('ana', 1, null, 'chat:b')])
    expect([...(await farHears)].sort()).toEqual(['chat:a', 'chat:b'])
    expect(heard).toEqual([])
  })
}

function goingOnContract(opened: Opened): void {
  test('a look goes on from the last one, and gives those who moved since, as they are now', async () => {
    const { near, far } = await opened()
    await near.tell([here('ana'), here('bob')])
    const first = await elsewhere(far)
    expect((await elsewhere(far, first.version)).users).toEqual([])
    await near.tell([here('ana', 0), here('cid'), here('cid', 0), here('dan')])
    const second = await elsewhere(far, first.version)
    expect(second.extent).toBe('moved')
    expect(namesOf(second.users)).toEqual(['dan'])
    expect(second.users.map(({ user }) => user).sort()).toEqual(['ana', 'cid', 'dan'])
    expect(namesOf((await elsewhere(far)).users)).toEqual(['bob', 'dan'])
  })

  test('a look from before a room was empty, or from long ago, is answered with enough', async () => {
    const { near, far } = await opened()
    const version = (await elsewhere(far)).version
    await near.tell([here('ana')])
    const then = (await elsewhere(far, version)).version
    await near.tell([here('ana', 0)])
    const gone = await elsewhere(far, then)
    expect([gone.extent === 'all' || gone.users.some(({ user }) => user === 'ana'), namesOf(gone.users)]).toEqual([
      true,
      [],
    ])
    for (let round = 0; round < 6; round++) {
      const users = Array.from({ length: 100 }, (_none, index) => `u${round}.${index}`)
      await near.tell(users.flatMap((user) => [here(user), here(user, 0)]))
    }
    await near.tell([here('end')])
    const late = await elsewhere(far, then)
    expect(namesOf(late.users)).toEqual(['end'])
  })
}

function leaseContract(opened: Opened): void {
  test('a node that beats is kept; one that is silent ends with its users, and is told so', async () => {
    const { near, far, elapse } = await opened()
    expect(await near.beat()).toBe('lost')
    expect(await near.beat()).toBe('kept')
    await far.beat()
    await far.tell([here('ana'), here('bob')])
    const before = await elsewhere(near)
    expect(namesOf(before.users)).toEqual(['ana', 'bob'])
    await elapse()
    const nearHears = new Promise((resolve) => near.onMoved(resolve))
    await near.beat()
    await nearHears
    const after = await elsewhere(near, before.version)
    expect([namesOf(after.users), namesOf((await elsewhere(near)).users)]).toEqual([[], []])
    expect(await far.beat()).toBe('lost')
    await far.tell([here('ana')])
    expect(namesOf((await elsewhere(near)).users)).toEqual(['ana'])
  })

  test('all of a node leave at once, and nobody else', async () => {
    const { near, far } = await opened()
    await near.tell(Array.from({ length: 700 }, (_none, index) => here(`u${index}`)))
    await far.tell([here('u1')])
    await near.leave()
    expect(namesOf((await elsewhere(far)).users)).toEqual([])
    expect(namesOf((await elsewhere(near)).users)).toEqual(['u1'])
    expect(await near.beat()).toBe('lost')
  })
}
