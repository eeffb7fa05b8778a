import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoredRecord } from '../../ports/stored-record.ts'
import { fitSnapshot } from './fit-snapshot.ts'

function page(sizes: readonly number[], first = 1, before: number | null = null) {
  const records = sizes.map((size, index): StoredRecord => {
    const pos = first + index
    const data = JSON.stringify('x'.repeat(size))
    return {
      collection: 'c',
      id: `r${pos}`,
      pos,
      rev: pos,
      author: 'a',
      createdAt: 0,
      updatedAt: 0,
      deleted: false,
      data,
    }
  })
  return { records, before }
}

function bytesOf(fitted: ReturnType<typeof fitSnapshot>): number {
  return [...fitted.values()].flatMap(({ records }) => records).reduce((sum, text) => sum + text.length + 1, 0)
}

describe('a snapshot that fits one message', () => {
  test('[LIM31] is what was read where there is room', () => {
    const fitted = fitSnapshot(new Map([['c', page([10, 20], 7, 5)]]), 2000, null)
    expect(fitted.get('c')).toMatchObject({ before: 5 })
    expect(fitted.get('c')?.records.map((text) => JSON.parse(text).pos)).toEqual([7, 8])
  })

  test('[LIM31] keeps the newest records and says where a page goes on', () => {
    const fitted = fitSnapshot(new Map([['c', page([500, 500, 500, 500], 3)]]), 1500, null)
    expect(fitted.get('c')?.records.map((text) => JSON.parse(text).pos)).toEqual([5, 6])
    expect(fitted.get('c')?.before).toBe(5)
  })

  test('[LIM31] says that a page has everything where not one record fits', () => {
    expect(fitSnapshot(new Map([['c', page([500, 9000], 3)]]), 1500, null).get('c')).toEqual({ records: [], before: 5 })
  })

  test('[LIM31] is within the bound, and small collections stay whole beside a large one', () => {
    const sizes = fc.array(fc.nat({ max: 900 }), { maxLength: 12 })
    fc.assert(
      fc.property(
        fc.array(sizes, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 500, max: 6000 }),
        (pages, bytes) => {
          const asked = new Map(pages.map((each, index) => [`c${index}`, page(each)]))
          const fitted = fitSnapshot(asked, bytes, null)
          expect(bytesOf(fitted)).toBeLessThanOrEqual(bytes)
          for (const [name, { records, before }] of fitted) {
            const all = asked.get(name)?.records ?? []
            expect(records).toHaveLength(before === null ? all.length : all.filter(({ pos }) => pos >= before).length)
            const whole = all.reduce((sum, { data }) => sum + data.length + 200, 64)
            if (whole <= bytes / pages.length) expect(before).toBeNull()
          }
        },
      ),
    )
  })
})
