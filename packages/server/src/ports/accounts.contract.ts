/** The suite that every adapter of `accounts.ts` passes. ACC: its rules. */
import { expect, test } from 'vitest'
import type { Accounts } from './accounts.ts'
import type { Store } from './store.ts'

const at = Date.UTC(2026, 10, 25)

export function accountsContract(open: () => Promise<{ readonly store: Store; readonly accounts: Accounts }>): void {
  async function opened(run: (place: { store: Store; accounts: Accounts }) => Promise<void>): Promise<void> {
    const place = await open()
    try {
      await run(place)
    } finally {
      await place.store.close()
    }
  }

  test('[ACC1] a revocation is kept until it is of no more use, with the later of its times', () =>
    opened(async ({ accounts }) => {
      await accounts.revoke({ kind: 'user', id: 'ana', at: at + 5, until: at + 100 })
      await accounts.revoke({ kind: 'user', id: 'ana', at, until: at + 50 })
      await accounts.revoke({ kind: 'session', id: 'ana', at, until: at + 10 })
      expect(await accounts.revocations(at + 20)).toEqual([{ kind: 'user', id: 'ana', at: at + 5, until: at + 100 }])
    }))

  test('[ACC2] an id is spent once, however many spend it at the same time', () =>
    opened(async ({ accounts }) => {
      const spent = await Promise.all(Array.from({ length: 20 }, () => accounts.spend('ticket', at)))
      expect(spent.filter(Boolean)).toHaveLength(1)
      expect(await accounts.spend('another', at)).toBe(true)
    }))

  test('[ACC3] a marker moves forwards only, and starts again in a new incarnation', () =>
    opened(async ({ accounts }) => {
      const mark = (epoch: string, pos: number) => accounts.markRead({ user: 'ana', channel: 'chat:a', epoch, pos })
      expect(await mark('one', 5)).toBe(5)
      expect(await mark('one', 3)).toBe(5)
      expect(await mark('one', 9)).toBe(9)
      expect(await mark('two', 2)).toBe(2)
    }))

  test('[ACC4] own channels are those with a living membership or a marker, by name, page by page', () =>
    opened(async ({ store, accounts }) => {
      const owner = { recordId: 'ana', author: 'ana', data: '{"user":"ana","role":"owner"}' }
      for (const name of ['team:a', 'team:b', 'team:c', 'team:d']) {
        await store.open({ name, at, visibility: 'private', title: null, owner: name === 'team:d' ? null : owner })
      }
      const leave = {
        collection: 'members',
        recordId: 'ana',
        effect: 'delete',
        data: '',
        author: 'ana',
        expectRev: 1,
      } as const
      await store.commit([{ channel: 'team:b', at, writes: [leave], make: false, membersRev: null }])
      const epoch = (await store.channel('team:d'))?.epoch ?? ''
      await accounts.markRead({ user: 'ana', channel: 'team:d', epoch, pos: 1 })
      await accounts.markRead({ user: 'ana', channel: 'team:c', epoch: 'another', pos: 7 })
      await accounts.markRead({ user: 'ana', channel: 'team:none', epoch, pos: 1 })
      const own = async (after: string, limit: number) =>
        (await accounts.channelsOf({ user: 'ana', memberId: 'ana', after, limit })).map(({ channel, read }) => [
          channel.name,
          read,
        ])
      expect(await own('', 10)).toEqual([
        ['team:a', 0],
        ['team:c', 0],
        ['team:d', 1],
      ])
      expect(await own('', 1)).toEqual([['team:a', 0]])
      expect(await own('team:a', 10)).toEqual([
        ['team:c', 0],
        ['team:d', 1],
      ])
    }))

  test('[ACC5] unread counts living records above the marker that are by others, up to the cap', () =>
    opened(async ({ store, accounts }) => {
      const writes = Array.from({ length: 12 }, (_, index) => ({
        collection: index % 4 === 3 ? 'reactions' : 'messages',
        recordId: `r${index}`,
        effect: 'put' as const,
        data: '{}',
        author: index % 2 === 0 ? 'ana' : 'ben',
        expectRev: null,
      }))
      await store.commit([{ channel: 'chat:a', at, writes, make: true, membersRev: null }])
      const unread = (after: number, cap: number) =>
        accounts.unread({ channel: 'chat:a', collections: ['messages'], after, except: 'ana', cap })
      // Of the twelve, those by ben are 2, 4, 6 …; every fourth is a reaction.
      expect(await unread(0, 100)).toBe(3)
      expect(await unread(6, 100)).toBe(1)
      expect(await unread(0, 2)).toBe(2)
      expect(await unread(12, 100)).toBe(0)
    }))
}
