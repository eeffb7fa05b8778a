import { describe, expect, test } from 'vitest'
import {
  commit,
  commitUnit,
  create,
  freshStore,
  general,
  noon,
  type OpenStore,
  outcomeOf,
  recordOf,
  refused,
  unit,
  wide,
  write,
} from './store.fixture.ts'

const owner = { recordId: 'ana', author: 'ana', data: '{"user":"ana","role":"owner"}' }
const den = { name: 'team:den', at: noon, visibility: 'private', title: 'The den', owner } as const

export function channelsContract(open: OpenStore): void {
  describe('channels', () => {
    test('[STO60] a channel is opened with its owner, or kept as it is where it exists', async () => {
      const store = await freshStore(open)
      const opened = await store.open(den)
      expect(opened.made).toBe(true)
      expect(opened.channel).toMatchObject({
        name: 'team:den',
        head: 1,
        membersRev: 1,
        visibility: 'private',
        title: 'The den',
      })
      expect(opened.changes).toMatchObject([{ collection: 'members', id: 'ana', pos: 1, rev: 1, data: owner.data }])
      expect(await store.channel('team:den')).toEqual(opened.channel)
      const again = await store.open({ ...den, title: 'Another', visibility: 'public' })
      expect(again).toEqual({ made: false, channel: opened.channel, changes: [] })
      const bare = await store.open({ ...den, name: 'team:bare', owner: null, title: null })
      expect([bare.channel.head, bare.channel.membersRev, bare.changes]).toEqual([0, 0, []])
    })

    test('[STO61] a dropped channel loses its records and keys, and is made again as another incarnation', async () => {
      const store = await freshStore(open)
      const keyed = { ...create('a'), key: { key: 'k', fingerprint: 'f' } }
      const first = await commit(store, keyed, create('b'))
      await commitUnit(store, unit([create('a')], { channel: 'chat:other' }))
      expect(await store.drop(general)).toBe(true)
      expect(await store.drop(general)).toBe(false)
      expect(await store.channel(general)).toBeNull()
      expect(await store.lookup(general, [{ collection: 'messages', recordId: 'a' }])).toEqual({
        channel: null,
        records: [null],
        key: null,
      })
      expect(await store.changes({ channel: general, after: 0, ...wide })).toBeNull()
      expect(await outcomeOf(store, unit([create('c')], { make: false }))).toEqual(refused('no_channel'))
      const second = await commit(store, keyed)
      expect(second.epoch).not.toBe(first.epoch)
      expect(second).toMatchObject({ head: 1, results: [{ kind: 'created' }] })
      expect(await store.changes({ channel: general, after: 0, ...wide })).toMatchObject({
        to: 1,
        changes: [{ id: 'a' }],
      })
      expect((await recordOf(store, 'a', 'chat:other'))?.rev).toBe(1)
    })

    test('[STO67] a channel that nobody has used is dropped where its log still stands there, and no other is', async () => {
      const store = await freshStore(open)
      const dropUnused = async (name: string) => {
        const facts = await store.channel(name)
        return store.drop(name, { epoch: facts?.epoch ?? '', head: facts?.head ?? 0 })
      }
      const { epoch } = (await store.open({ ...den, name: 'chat:bare', owner: null })).channel
      expect(await store.drop('chat:bare', { epoch, head: 1 })).toBe(false)
      expect(await store.drop('chat:bare', { epoch: 'other', head: 0 })).toBe(false)
      expect([await dropUnused('chat:bare'), await dropUnused('chat:bare')]).toEqual([true, false])
      expect(await store.channel('chat:bare')).toBeNull()
      await store.open(den)
      expect(await dropUnused(den.name)).toBe(true)
      await store.open(den)
      await commitUnit(store, unit([create('a')], { channel: den.name }))
      expect(await dropUnused(den.name)).toBe(false)
      const note = { collection: 'notes', recordId: 'b' }
      const made = await commit(store, create('a'), write(note))
      await commit(store, write({ effect: 'delete', data: '', expectRev: 1 }))
      expect(await dropUnused(general)).toBe(false)
      await commit(store, write({ ...note, effect: 'delete', data: '', expectRev: 2 }))
      expect(await store.drop(general, { epoch: made.epoch, head: 3 })).toBe(false)
      expect(await dropUnused(general)).toBe(true)
      const again = await commit(store, create('a'))
      expect([again.head, again.epoch === made.epoch]).toEqual([1, false])
    })

    test('[STO62] a channel can be dropped and opened again and again with commits between', async () => {
      const store = await freshStore(open)
      const epochs = new Set<string>()
      for (let round = 0; round < 12; round++) {
        const elsewhere = commitUnit(store, unit([create(`e${round}`)], { channel: 'chat:other' }))
        epochs.add((await store.open({ ...den, at: noon + round })).channel.epoch)
        await commitUnit(store, unit([create('a')], { channel: 'team:den' }))
        expect((await elsewhere).head).toBe(round + 1)
        expect(await store.drop('team:den')).toBe(true)
      }
      expect(epochs.size).toBe(12)
      expect((await store.open({ ...den, at: noon + 99 })).channel).toMatchObject({
        head: 1,
        createdAt: noon + 99,
        floor: 0,
      })
    })

    test('[STO63] channels are listed by prefix, byte by byte, after the name given, without own feeds', async () => {
      const store = await freshStore(open)
      const names = ['chat:b', 'me:ann', 'chat:a', 'chat:A', 'chat:a.1', 'chat:~', 'chat', 'chat-x', 'docs:a']
      for (const name of names) await store.open({ ...den, name, owner: null })
      await store.drop('chat:b')
      const list = async (prefix: string, after = '', limit = 100): Promise<readonly string[]> =>
        (await store.channels({ prefix, after, limit })).map((channel) => channel.name)
      expect(await list('chat:')).toEqual(['chat:A', 'chat:a', 'chat:a.1', 'chat:~'])
      expect(await list('')).toEqual(['chat', 'chat-x', 'chat:A', 'chat:a', 'chat:a.1', 'chat:~', 'docs:a'])
      expect(await list('chat:', 'chat:A', 2)).toEqual(['chat:a', 'chat:a.1'])
      expect(await list('chat:', 'chat:~')).toEqual([])
      expect(await list('%')).toEqual([])
    })

    test('[STO65] the channels that were written last come first, without dropped ones, own feeds and those that have only their owner', async () => {
      const store = await freshStore(open)
      const writeTo = async (channel: string, at: number) => {
        await commitUnit(store, { ...unit([create(`r${at}`)], { channel }), at: noon + at })
      }
      await store.open({ ...den, at: noon })
      await writeTo('chat:one', 10)
      await writeTo('chat:two', 20)
      await writeTo('chat:gone', 30)
      await writeTo('me:ann', 31)
      await store.drop('chat:gone')
      const recent = async (limit: number) => (await store.recentChannels(limit)).map(({ name }) => name)
      expect(await recent(10)).toEqual(['chat:two', 'chat:one'])
      await writeTo(den.name, 35)
      expect(await recent(1)).toEqual([den.name])
      await writeTo('chat:one', 40)
      expect(await recent(3)).toEqual(['chat:one', den.name, 'chat:two'])
    })

    test('[STO64] each channel has its own epoch; `renew` gives all of them new ones and keeps their records', async () => {
      const store = await freshStore(open)
      const first = await commit(store, create('a'))
      const other = await commitUnit(store, unit([create('a')], { channel: 'chat:other' }))
      expect(first.epoch).not.toBe(other.epoch)
      await store.open({ ...den, name: 'team:gone', owner: null })
      await store.drop('team:gone')
      expect(await store.renew()).toBe(2)
      const renewed = [await store.channel(general), await store.channel('chat:other')].map((channel) => channel?.epoch)
      expect(new Set([first.epoch, other.epoch, ...renewed]).size).toBe(4)
      expect(await commitUnit(store, unit([create('b')]))).toMatchObject({ epoch: renewed[0], head: 2 })
    })
  })

  describe('a closed store', () => {
    test('[STO66] a closed store refuses every call, and can be closed again without an error', async () => {
      const store = await freshStore(open)
      const last = store.commit([unit([create('a')])])
      await store.close()
      expect((await last)[0]?.kind).toBe('committed')
      await expect(store.commit([unit([create('b')])])).rejects.toMatchObject({ name: 'StoreUnavailable' })
      await expect(store.channel(general)).rejects.toMatchObject({ name: 'StoreUnavailable' })
      await store.close()
    })
  })
}
