import { describe, expect, test } from 'vitest'
import type { Write } from '../store.ts'
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
  write,
} from './store.fixture.ts'

const key = { key: 'k1', fingerprint: 'create a' }
const keyed = (recordId: string, part: Partial<Write> = {}): Write => ({ ...create(recordId), key, ...part })

export function keysContract(open: OpenStore): void {
  describe('idempotency keys', () => {
    test('[STO20] a write with a known idempotency key is a replay: it does nothing, and answers the record as it is now', async () => {
      const store = await freshStore(open)
      await commit(store, keyed('a'))
      await commit(store, write({ recordId: 'a', data: '{"n":2}', expectRev: 1 }))
      const replay = await commit(store, keyed('made-anew', { expectRev: null }))
      expect(replay.results).toEqual([{ kind: 'replayed', record: await recordOf(store, 'a') }])
      expect(replay.head).toBe(2)
      expect(await recordOf(store, 'made-anew')).toBeNull()
    })

    test('[STO21] a known idempotency key with another fingerprint is refused', async () => {
      const store = await freshStore(open)
      await commit(store, keyed('a'))
      const other = keyed('b', { key: { key: 'k1', fingerprint: 'create b' } })
      expect(await outcomeOf(store, unit([create('c'), other]))).toEqual(refused('key_reused', 1))
      expect(await recordOf(store, 'c')).toBeNull()
    })

    test('[STO22] idempotency keys are separate per author and per channel', async () => {
      const store = await freshStore(open)
      await commit(store, keyed('a'))
      const byOther = await commit(store, keyed('b', { author: 'bob' }))
      const elsewhere = await commitUnit(store, unit([keyed('c')], { channel: 'chat:other' }))
      expect([byOther, elsewhere].map(({ results }) => results[0]?.kind)).toEqual(['created', 'created'])
    })

    test('[STO23] a replay is never a conflict, whatever has changed since', async () => {
      const store = await freshStore(open)
      const first = await commit(store, keyed('a'))
      await commit(store, write({ collection: 'members', recordId: 'ana' }))
      const stale = unit([keyed('a', { expectRev: 7 })], { membersRev: 0, epoch: first.epoch })
      expect((await commitUnit(store, stale)).results[0]?.kind).toBe('replayed')
      const mixed = unit([keyed('a', { expectRev: 7 }), create('b')], { membersRev: 0 })
      expect(await outcomeOf(store, mixed)).toEqual(refused('conflict', 1))
    })

    test('[STO24] the idempotency key of a write that changed nothing is remembered too', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'))
      const kept = keyed('a', { effect: 'keep', data: '', expectRev: 1 })
      expect((await commit(store, kept)).results[0]?.kind).toBe('kept')
      expect((await commit(store, kept)).results[0]?.kind).toBe('replayed')
      expect(await outcomeOf(store, unit([{ ...kept, key: { key: 'k1', fingerprint: 'x' } }]))).toEqual(
        refused('key_reused'),
      )
    })

    test('[STO25] the replay of a write whose record was deleted since answers the tombstone', async () => {
      const store = await freshStore(open)
      await commit(store, keyed('a'))
      await commit(store, write({ recordId: 'a', effect: 'delete', data: '', expectRev: 1 }))
      const { results } = await commit(store, keyed('a'))
      expect(results).toEqual([{ kind: 'replayed', record: await recordOf(store, 'a') }])
      expect(results[0]?.record).toMatchObject({ deleted: true, rev: 2, data: '' })
    })

    test('[STO26] an idempotency key used twice within a group, or within a unit, is one write', async () => {
      const store = await freshStore(open)
      const group = await store.commit([
        unit([keyed('a')]),
        unit([keyed('b')]),
        unit([keyed('c', { key: { key: 'k1', fingerprint: 'x' } })]),
      ])
      expect(group.map((outcome) => (outcome.kind === 'committed' ? outcome.results[0]?.kind : outcome))).toEqual([
        'created',
        'replayed',
        refused('key_reused'),
      ])
      const second = { key: 'k2', fingerprint: 'f' }
      const change = write({ recordId: 'd', data: '{"n":2}', expectRev: { write: 0 } })
      const inside = await commit(store, keyed('d', { key: second }), change, keyed('e', { key: second }))
      expect(inside.results.map(({ kind, record }) => [kind, record.id, record.rev])).toEqual([
        ['created', 'd', 2],
        ['changed', 'd', 3],
        ['replayed', 'd', 3],
      ])
      const third = { key: 'k3', fingerprint: 'f' }
      const clash = [keyed('f', { key: third }), keyed('g', { key: { ...third, fingerprint: 'h' } })]
      expect(await outcomeOf(store, unit(clash))).toEqual(refused('key_reused', 1))
      expect((await commit(store, keyed('f', { key: third }))).results[0]?.kind).toBe('created')
    })

    test('[STO27] a refused unit remembers none of its idempotency keys', async () => {
      const store = await freshStore(open)
      await commit(store, create('taken'))
      expect((await outcomeOf(store, unit([keyed('a'), create('taken')]))).kind).toBe('refused')
      expect((await commit(store, keyed('a'))).results[0]?.kind).toBe('created')
    })

    test('[STO28] a lookup gives what an idempotency key was used for', async () => {
      const store = await freshStore(open)
      await commit(store, keyed('a'))
      const found = await store.lookup(general, [], { author: 'ana', key: 'k1' })
      expect(found.key).toEqual({ fingerprint: key.fingerprint, record: await recordOf(store, 'a') })
      expect((await store.lookup(general, [], { author: 'bob', key: 'k1' })).key).toBeNull()
      expect((await store.lookup('chat:none', [], { author: 'ana', key: 'k1' })).key).toBeNull()
    })

    test('[STO98] a write that was decided on a change which turns out to be a replay is a conflict', async () => {
      const store = await freshStore(open)
      await commit(store, create('a'))
      const edit = write({ recordId: 'a', data: '{"n":2}', expectRev: 1, key })
      await commit(store, edit)
      await commit(store, write({ recordId: 'a', data: '{"n":3}', expectRev: 2 }))
      const next = write({ recordId: 'a', data: '{"n":2.5}', expectRev: { write: 0 } })
      expect(await outcomeOf(store, unit([edit, next]))).toEqual(refused('conflict', 1))
      const keep: Write = { ...edit, effect: 'keep', data: '' }
      expect((await commitUnit(store, unit([keep, next]))).results.map(({ kind }) => kind)).toEqual([
        'replayed',
        'changed',
      ])
    })

    test('[STO29] a purge deletes the idempotency keys remembered before the time given, and keeps later ones', async () => {
      const store = await freshStore(open)
      await commitUnit(store, unit([keyed('a')], { at: noon }))
      await commitUnit(store, unit([keyed('b', { key: { key: 'k2', fingerprint: 'f' } })], { at: noon + 10 }))
      expect(await store.purge({ keys: noon + 10, tombstones: null })).toEqual({ keys: 1, tombstones: 0 })
      expect((await store.lookup(general, [], { author: 'ana', key: 'k1' })).key).toBeNull()
      expect((await store.lookup(general, [], { author: 'ana', key: 'k2' })).key?.record.id).toBe('b')
    })
  })
}
