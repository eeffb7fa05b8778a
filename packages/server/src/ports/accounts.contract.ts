/** The suite that every adapter of `accounts.ts` passes. Its rule ids begin with ACC. */
import { expect, onTestFinished, test } from 'vitest'
import type { Accounts } from './accounts.ts'
import type { Store } from './store.ts'

const at = Date.UTC(2026, 10, 25)

export function accountsContract(open: () => Promise<{ readonly store: Store; readonly accounts: Accounts }>): void {
  async function opened(run: (adapter: { store: Store; accounts: Accounts }) => Promise<void>): Promise<void> {
    const adapter = await open()
    try {
      await run(adapter)
    } finally {
      await adapter.store.close()
    }
  }

  test('[ACC1] a revocation is kept until its `until` has passed, with the later of the times given', () =>
    opened(async ({ accounts }) => {
      await accounts.revoke({ kind: 'user', id: 'ana', at: at + 5, until: at + 100 })
      await accounts.revoke({ kind: 'user', id: 'ana', at, until: at + 50 })
      await accounts.revoke({ kind: 'session', id: 'ana', at, until: at + 10 })
      expect(await accounts.revocations(at + 20)).toEqual([{ kind: 'user', id: 'ana', at: at + 5, until: at + 100 }])
    }))

  test('[ACC2] an id is spent once, however many callers spend it at the same time', () =>
    opened(async ({ accounts }) => {
      const spent = await Promise.all(Array.from({ length: 20 }, () => accounts.spend('ticket', at)))
      expect(spent.filter(Boolean)).toHaveLength(1)
      expect(await accounts.spend('another', at)).toBe(true)
    }))

  test('[ACC3] a read marker only moves forwards, and starts at 0 in a new incarnation of the channel', () =>
    opened(async ({ accounts }) => {
      const mark = (epoch: string, pos: number) => accounts.markRead({ user: 'ana', channel: 'chat:a', epoch, pos })
      expect(await mark('one', 5)).toBe(5)
      expect(await mark('one', 3)).toBe(5)
      expect(await mark('one', 9)).toBe(9)
      expect(await mark('two', 2)).toBe(2)
    }))

  test("[ACC9] a user who is erased has no profile and no markers; other people's stay", () =>
    opened(async ({ store, accounts }) => {
      await store.open({ name: 'chat:a', at, visibility: 'public', title: null, owner: null })
      const epoch = (await store.channel('chat:a'))?.epoch ?? ''
      for (const user of ['ana', 'bob']) {
        await accounts.saveProfile({ user, name: user, avatar: null, about: null, guest: false })
        await accounts.markRead({ user, channel: 'chat:a', epoch, pos: 1 })
      }
      await accounts.erase('ana')
      await accounts.erase('nobody')
      expect([await accounts.profile('ana'), (await accounts.profile('bob'))?.name]).toEqual([null, 'bob'])
      const own = async (user: string) => accounts.channelsOf({ user, memberId: user, after: '', limit: 10 })
      expect([(await own('ana')).length, (await own('bob')).length]).toEqual([0, 1])
    }))

  test("[ACC4] a user's own channels are those with a live membership or a marker, by name, page by page", () =>
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

  test('[ACC5] an unread count counts live records above the marker by other authors, up to the cap', () =>
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

  test("[ACC6] [N05] an unread count is right behind a thousand of the reader's own records, and never 0 by mistake behind more", () =>
    opened(async ({ store, accounts }) => {
      const by = async (author: string, ...ids: readonly string[]) => {
        const data = { collection: 'messages', effect: 'put', data: '{}', author, expectRev: null } as const
        const writes = ids.map((recordId) => ({ ...data, recordId }))
        await store.commit([{ channel: 'chat:a', at, writes, make: true, membersRev: null }])
      }
      const own = Array.from({ length: 1001 }, (_, index) => `own${index}`)
      await by('ana', ...own.slice(0, 501))
      await by('ana', ...own.slice(501))
      const unread = (after: number, cap: number, collections = ['messages']) =>
        accounts.unread({ channel: 'chat:a', collections, after, except: 'ana', cap })
      expect(await unread(0, 100)).toBe(0)
      // This count reads at most 1,000 rows, and one more row follows.
      expect(await unread(0, 2)).toBe(1)
      expect(await unread(1, 2)).toBe(0)
      await by('ben', 'theirs')
      expect(await unread(0, 100)).toBe(1)
      await by('ana', 'last')
      await by('cid', 'more')
      expect(await unread(0, 100)).toBe(2)
      expect(await unread(0, 100, ['messages', 'none'])).toBe(2)
      expect(await unread(1002, 100)).toBe(1)
      expect(await unread(1004, 100)).toBe(0)
    }))

  test('[ACC7] a profile is kept as it was saved last', () =>
    opened(async ({ accounts }) => {
      expect(await accounts.profile('ana')).toBeNull()
      const profile = { user: 'ana', name: 'Ana', avatar: null, about: null, guest: true }
      await accounts.saveProfile(profile)
      expect(await accounts.profile('ana')).toEqual(profile)
      const changed = { ...profile, name: 'Ana 🌊', avatar: 'https://example.org/a.png', about: '', guest: false }
      await accounts.saveProfile(changed)
      expect(await accounts.profile('ana')).toEqual(changed)
    }))

  test('[ACC9] the profiles of many users are those that there are', () =>
    opened(async ({ accounts }) => {
      const profiles = ['ana', 'Ana', 'b+o'].map((user) => ({
        user,
        name: user,
        avatar: null,
        about: null,
        guest: false,
      }))
      for (const profile of profiles) await accounts.saveProfile(profile)
      const found = await accounts.profiles(['b+o', 'nobody', 'Ana', "' OR 1"])
      expect([...found].sort((a, b) => (a.user < b.user ? -1 : 1))).toEqual(profiles.slice(1))
      expect(await accounts.profiles([])).toEqual([])
    }))
}

/** What an adapter promises in addition where its data outlives the process. */
export function durableAccountsContract(
  open: () => Promise<{ readonly store: Store & Accounts; readonly reopen: () => Promise<Store & Accounts> }>,
): void {
  test('[ACC8] what was saved of a user is there when the adapter is opened again', async () => {
    const { store, reopen } = await open()
    const profile = { user: 'ana', name: 'Ana', avatar: null, about: null, guest: false }
    await store.saveProfile(profile)
    await store.revoke({ kind: 'session', id: 'one', at, until: at + 100 })
    expect(await store.spend('ticket', at)).toBe(true)
    expect(await store.markRead({ user: 'ana', channel: 'chat:a', epoch: 'one', pos: 5 })).toBe(5)
    const again = await reopen()
    onTestFinished(() => again.close())
    expect(await again.profile('ana')).toEqual(profile)
    expect(await again.revocations(at)).toEqual([{ kind: 'session', id: 'one', at, until: at + 100 }])
    expect(await again.spend('ticket', at)).toBe(false)
    expect(await again.markRead({ user: 'ana', channel: 'chat:a', epoch: 'one', pos: 3 })).toBe(5)
  })
}
