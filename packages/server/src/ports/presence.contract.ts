/** The suite that every adapter of `presence.ts` passes. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { PresenceStore } from './presence.ts'

/**
 * Two nodes on one presence store that nothing else uses; `elapse` resolves when a little more than a
 * lease has passed.
 */
export interface PresencePair {
  readonly near: PresenceStore
  readonly far: PresenceStore
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
  stateAt: state === null ? 0 : 1,
})

async function elsewhere(store: PresenceStore, version: string | null = null, room = 'chat:a') {
  const [moves] = await store.moves([{ room, version }])
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
  test('a published user is elsewhere for the other nodes, and not for the node that published it', async () => {
    const { near, far } = await opened()
    await near.publish([here('ana', 2, '{"x":1}'), here('b+o.b')])
    expect((await elsewhere(far)).users).toEqual(
      expect.arrayContaining([
        { user: 'ana', connections: 2, since, state: '{"x":1}', stateAt: 1 },
        { user: 'b+o.b', connections: 1, since, state: null, stateAt: 0 },
      ]),
    )
    expect(namesOf((await elsewhere(near)).users)).toEqual([])
  })

  test('a user on two nodes is one user, with all connections and the earliest time, gone when the last node removes it', async () => {
    const { near, far } = await opened()
    await near.publish([here('ana')])
    await far.publish([{ ...here('ana', 2), since: since - 5 }])
    expect((await elsewhere(near)).users).toMatchObject([{ user: 'ana', connections: 2, since: since - 5 }])
    await near.publish([here('ana', 3)])
    expect((await elsewhere(far)).users).toMatchObject([{ user: 'ana', connections: 3, since }])
    await near.publish([here('ana', 0)])
    await far.publish([here('ana', 0)])
    await far.publish([here('ana', 1)])
    expect((await elsewhere(near)).users).toMatchObject([{ user: 'ana', connections: 1, since }])
  })

  test('[N11] a state belongs to the node that published it: the node replaces it, removes it, and it ends with the user on that node', async () => {
    const { near, far } = await opened()
    const stateOf = async (store: PresenceStore) => {
      const [ana] = (await elsewhere(store)).users
      return ana === undefined ? 'gone' : [ana.state, ana.stateAt]
    }
    await near.publish([here('ana', 1, '"near"')])
    await far.publish([{ ...here('ana', 1, '"far"'), stateAt: 5 }])
    expect([await stateOf(far), await stateOf(near)]).toEqual([
      ['"near"', 1],
      ['"far"', 5],
    ])
    await far.publish([here('ana', 2)])
    expect(await stateOf(near)).toEqual([null, 0])
    await far.publish([{ ...here('ana', 2, '"again"'), stateAt: 9 }])
    await far.publish([here('ana', 0)])
    await far.publish([here('ana', 1)])
    // A user who returns does not have the earlier state.
    expect(await stateOf(near)).toEqual([null, 0])
  })

  test('presence rooms are separate, however similar their names are', async () => {
    const { near, far } = await opened()
    const rooms = ['chat:a', 'chat:a:b', 'chat', 'state:chat:a', 'chat:A']
    for (const room of rooms) await near.publish([here(room, 1, null, room)])
    const found = await far.moves([...rooms, 'chat:none'].map((room) => ({ room, version: null })))
    expect(found.map(({ room, users }) => [room, namesOf(users)])).toEqual([
      ...rooms.map((room) => [room, [room]]),
      ['chat:none', []],
    ])
  })

  test('other nodes are notified of the rooms in which users moved, the publishing node is not', async () => {
    const { near, far } = await opened()
    const heard: string[] = []
    near.onMoved((rooms) => heard.push(...rooms))
    const farHears = new Promise<readonly string[]>((resolve) => far.onMoved(resolve))
    await near.publish([here('ana'), here('bob'), here('ana', 1, null, 'chat:b')])
    expect([...(await farHears)].sort()).toEqual(['chat:a', 'chat:b'])
    expect(heard).toEqual([])
  })
}

function goingOnContract(opened: Opened): void {
  test('a read from the last version gives the users who moved since, with their present state', async () => {
    const { near, far } = await opened()
    await near.publish([here('ana'), here('bob')])
    const first = await elsewhere(far)
    expect((await elsewhere(far, first.version)).users).toEqual([])
    await near.publish([here('ana', 0), here('cid'), here('cid', 0), here('dan')])
    const second = await elsewhere(far, first.version)
    expect(second.extent).toBe('moved')
    expect(namesOf(second.users)).toEqual(['dan'])
    expect(second.users.map(({ user }) => user).sort()).toEqual(['ana', 'cid', 'dan'])
    expect(namesOf((await elsewhere(far)).users)).toEqual(['bob', 'dan'])
  })

  test('a read from a version before the room was empty, or from long ago, gives everything needed', async () => {
    const { near, far } = await opened()
    const version = (await elsewhere(far)).version
    await near.publish([here('ana')])
    const then = (await elsewhere(far, version)).version
    await near.publish([here('ana', 0)])
    const gone = await elsewhere(far, then)
    expect([gone.extent === 'all' || gone.users.some(({ user }) => user === 'ana'), namesOf(gone.users)]).toEqual([
      true,
      [],
    ])
    for (let round = 0; round < 6; round++) {
      const users = Array.from({ length: 100 }, (_none, index) => `u${round}.${index}`)
      await near.publish(users.flatMap((user) => [here(user), here(user, 0)]))
    }
    await near.publish([here('end')])
    const late = await elsewhere(far, then)
    expect(namesOf(late.users)).toEqual(['end'])
  })
}

function leaseContract(opened: Opened): void {
  test('a node that renews its lease is kept; a silent node is removed with its users, and its next beat gives `lost`', async () => {
    const { near, far, elapse } = await opened()
    expect(await near.beat()).toBe('lost')
    expect(await near.beat()).toBe('kept')
    await far.beat()
    await far.publish([here('ana'), here('bob')])
    const before = await elsewhere(near)
    expect(namesOf(before.users)).toEqual(['ana', 'bob'])
    await elapse()
    const nearHears = new Promise((resolve) => near.onMoved(resolve))
    await near.beat()
    await nearHears
    const after = await elsewhere(near, before.version)
    expect([namesOf(after.users), namesOf((await elsewhere(near)).users)]).toEqual([[], []])
    expect(await far.beat()).toBe('lost')
    await far.publish([here('ana')])
    expect(namesOf((await elsewhere(near)).users)).toEqual(['ana'])
  })

  test('`leave` removes all users of a node at once, and no others', async () => {
    const { near, far } = await opened()
    await near.publish(Array.from({ length: 700 }, (_none, index) => here(`u${index}`)))
    await far.publish([here('u1')])
    await near.leave()
    expect(namesOf((await elsewhere(far)).users)).toEqual([])
    expect(namesOf((await elsewhere(near)).users)).toEqual(['u1'])
    expect(await near.beat()).toBe('lost')
  })
}
