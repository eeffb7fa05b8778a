import { describe, expect, test } from 'vitest'
import type { UnitOutcome } from '../store.ts'
import {
  commit,
  commitUnit,
  create,
  freshStore,
  general,
  idOf,
  noon,
  type OpenStore,
  outcomeOf,
  range,
  recordOf,
  refused,
  unit,
  wide,
  write,
} from './store.fixture.ts'

export function commitContract(open: OpenStore): void {
  describe('commit', () => {
    test('[STO1] commits of a channel get revisions 1, 2, 3, and a new record is what was written', async () => {
      const store = await freshStore(open)
      const first = await commit(store, write({ recordId: 'a', data: '{"n":1}', author: 'ana' }))
      expect(first.head).toBe(1)
      expect(first.results).toEqual([
        {
          kind: 'created',
          record: {
            collection: 'messages',
            id: 'a',
            pos: 1,
            rev: 1,
            author: 'ana',
            createdAt: noon,
            updatedAt: noon,
            deleted: false,
            data: '{"n":1}',
          },
        },
      ])
      const second = await commit(store, create('b'), create('c'))
      expect(second.results.map(({ record }) => record.rev)).toEqual([2, 3])
      expect(second.epoch).toBe(first.epoch)
      const other = await commitUnit(store, unit([create('a')], { channel: 'chat:other' }))
      expect(other.head).toBe(1)
      expect(await recordOf(store, 'a')).toEqual(first.results[0]?.record)
    })

    test('[STO2] concurrent commits get their revisions in the order in which they began, without a gap', async () => {
      const store = await freshStore(open)
      const channels = ['chat:one', 'chat:two', 'chat:three']
      const groups = range(60).map((index) =>
        range(1 + (index % 4)).map((inner) =>
          unit([create(`${idOf(index)}.${inner}`)], { channel: channels[(index + inner) % 3] ?? general }),
        ),
      )
      const outcomes = (await Promise.all(groups.map((group) => store.commit(group)))).flat()
      for (const channel of channels) {
        const revs = groups.flat().flatMap((one, index) => {
          const outcome = outcomes[index]
          return one.channel === channel && outcome?.kind === 'committed'
            ? outcome.results.map((r) => r.record.rev)
            : []
        })
        expect(revs).toEqual(range(revs.length).map((index) => index + 1))
        expect((await store.channel(channel))?.head).toBe(revs.length)
      }
    })

    test('[STO3] a unit is committed as a whole or not at all, and does not affect the others of its group', async () => {
      const store = await freshStore(open)
      const outcomes = await store.commit([
        unit([create('a')]),
        unit([create('b'), write({ recordId: 'c', expectRev: 9 })]),
        unit([create('d'), create('e')]),
        unit([create('f'), write({ recordId: 'g', expectRev: 9 })], { channel: 'chat:never' }),
      ])
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(['committed', 'refused', 'committed', 'refused'])
      expect(outcomes[1]).toEqual(refused('conflict', 1))
      const read = await store.changes({ channel: general, after: 0, ...wide })
      expect(read?.changes.map(({ id, rev }) => [id, rev])).toEqual([
        ['a', 1],
        ['d', 2],
        ['e', 3],
      ])
      expect(await store.channel('chat:never')).toBeNull()
    })

    test("[STO4] a write whose expected revision is not the record's revision is a conflict", async () => {
      const store = await freshStore(open)
      await commit(store, create('a'))
      const attempt = (expectRev: number | null): Promise<UnitOutcome> =>
        outcomeOf(store, unit([create('other'), write({ recordId: 'a', expectRev })]))
      for (const stale of [0, 2, null]) expect(await attempt(stale)).toMatchObject(refusedSomewhere)
      expect(await outcomeOf(store, unit([write({ recordId: 'unknown', expectRev: 1 })]))).toEqual(refused('conflict'))
      expect(await recordOf(store, 'other')).toBeNull()
      expect((await attempt(1)).kind).toBe('committed')
    })

    test('[STO5] a write may build on the result of an earlier write of its unit', async () => {
      const store = await freshStore(open)
      const { results } = await commit(
        store,
        create('a', 'one'),
        create('b'),
        write({ recordId: 'a', data: '{"text":"two"}', expectRev: { write: 0 } }),
        write({ recordId: 'a', effect: 'delete', data: '', expectRev: { write: 2 } }),
      )
      expect(results.map(({ kind, record }) => [kind, record.pos, record.rev, record.deleted])).toEqual([
        ['created', 1, 1, false],
        ['created', 2, 2, false],
        ['changed', 1, 3, false],
        ['changed', 1, 4, true],
      ])
      const stale = unit([
        write({ recordId: 'b', expectRev: 2 }),
        write({ recordId: 'b', expectRev: { write: 0 } }),
        write({ recordId: 'b', expectRev: { write: 0 } }),
      ])
      expect(await outcomeOf(store, stale)).toEqual(refused('conflict', 2))
      expect((await store.channel(general))?.head).toBe(4)
    })

    test('[STO6] members that changed since the decision are a conflict, changes of other collections are not', async () => {
      const store = await freshStore(open)
      const member = write({ collection: 'members', recordId: 'ana' })
      expect((await commitUnit(store, unit([member], { membersRev: 0 }))).head).toBe(1)
      await commit(store, create('a'))
      expect((await store.channel(general))?.membersRev).toBe(1)
      expect(await outcomeOf(store, unit([create('b')], { membersRev: 0 }))).toEqual(refused('conflict'))
      const own = [create('b'), { ...member, expectRev: 1 }, create('c')]
      expect((await commitUnit(store, unit(own, { membersRev: 1 }))).head).toBe(5)
      expect((await store.channel(general))?.membersRev).toBe(4)
      const grouped = await store.commit([
        unit([{ ...member, effect: 'delete', data: '', expectRev: 4 }], { membersRev: 4 }),
        unit([create('d')], { membersRev: 4 }),
      ])
      expect(grouped.map((outcome) => outcome.kind)).toEqual(['committed', 'refused'])
    })

    test('[STO7] an incarnation other than the one that the decision read is a conflict', async () => {
      const store = await freshStore(open)
      expect(await outcomeOf(store, unit([create('a')], { epoch: 'gone1' }))).toEqual(refused('conflict'))
      const { epoch } = await commitUnit(store, unit([create('a')], { epoch: null }))
      expect(await outcomeOf(store, unit([create('b')], { epoch: null }))).toEqual(refused('conflict'))
      expect(await outcomeOf(store, unit([create('b')], { epoch: `${epoch}x` }))).toEqual(refused('conflict'))
      expect((await commitUnit(store, unit([create('b')], { epoch }))).head).toBe(2)
    })

    test('[STO8] a channel that does not exist is made or the unit is refused, as the unit says', async () => {
      const store = await freshStore(open)
      expect(await outcomeOf(store, unit([create('a')], { make: false }))).toEqual(refused('no_channel'))
      expect(await store.channel(general)).toBeNull()
      const { epoch } = await commit(store, create('a'))
      expect(epoch).toMatch(/^[A-Za-z0-9]{1,64}$/)
      expect(await store.channel(general)).toEqual({
        name: general,
        epoch,
        head: 1,
        floor: 0,
        membersRev: 0,
        createdAt: noon,
        visibility: 'public',
        title: null,
      })
    })

    test('[STO9] a write with effect `keep` takes no revision and leaves the record as it was', async () => {
      const store = await freshStore(open)
      const made = await commit(store, create('a'))
      const kept = write({ recordId: 'a', effect: 'keep', data: '', expectRev: 1, author: 'bob' })
      const outcome = await commitUnit(store, unit([kept], { at: noon + 5 }))
      expect(outcome).toEqual({ ...made, results: [{ kind: 'kept', record: made.results[0]?.record }] })
      expect(await outcomeOf(store, unit([{ ...kept, expectRev: 2 }]))).toEqual(refused('conflict'))
      expect((await outcomeOf(store, unit([{ ...kept, recordId: 'unknown', expectRev: 0 }]))).kind).toBe('failed')
    })

    test('[STO10] a changed record keeps its position, its author and its time of creation', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'), create('b'))
      const change = write({ recordId: 'a', data: '{"n":2}', expectRev: 1, author: 'bob' })
      const { results } = await commitUnit(store, unit([change], { at: noon + 5 }))
      expect(results).toEqual([{ kind: 'changed', record: await recordOf(store, 'a') }])
      expect(results[0]?.record).toMatchObject({
        pos: 1,
        rev: 3,
        author: 'ana',
        createdAt: noon,
        updatedAt: noon + 5,
        data: '{"n":2}',
      })
    })
  })
}

const refusedSomewhere = { kind: 'refused', reason: 'conflict', write: expect.any(Number) }
