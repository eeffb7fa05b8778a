import { describe, expect, test } from 'vitest'
import { commit, create, freshStore, general, type OpenStore, range, write } from './store.fixture.ts'

/** Which records stand behind the newest ones. */
export function surplusContract(open: OpenStore): void {
  describe('surplus', () => {
    test('is the newest record that so many live ones of its collection follow', async () => {
      const store = await freshStore(open)
      await commit(store, ...range(6).map((index) => create(`m${index}`)))
      await commit(store, write({ recordId: 'other', collection: 'notes' }))
      await commit(store, write({ recordId: 'm5', effect: 'delete', data: '', expectRev: 6 }))
      await commit(store, write({ recordId: 'm0', data: '{"text":"changed"}', expectRev: 1 }))
      const surplus = (keep: number, collection = 'messages') => store.surplus({ channel: general, collection, keep })
      expect([await surplus(0), await surplus(1), await surplus(4), await surplus(5), await surplus(100)]).toEqual([
        5,
        4,
        1,
        null,
        null,
      ])
      expect([await surplus(0, 'notes'), await surplus(1, 'notes'), await surplus(0, 'nothing')]).toEqual([
        7,
        null,
        null,
      ])
    })

    test('there is none in a channel that does not exist', async () => {
      const store = await freshStore(open)
      expect(await store.surplus({ channel: 'chat:nobody', collection: 'messages', keep: 0 })).toBe(null)
    })
  })
}
