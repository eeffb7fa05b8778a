import { expect, test } from 'vitest'
import { growthPicture } from './growth-picture.ts'
import type { Series } from './series.ts'

function series(values: readonly (readonly [number, number])[], over: Series['over'] = 'records'): Series {
  return {
    over,
    title: 'first page of 50',
    unit: 'ms',
    limit: null,
    values: values.map(([size, value]) => ({ size, value })),
  }
}

function linePoints(picture: string): string[] {
  return [...picture.matchAll(/<polyline [^>]*points="([^"]*)"/g)].map(([, points = '']) => points)
}

test('what costs the same at each size is a level line, and what doubles is not', () => {
  const picture = growthPicture([
    series([
      [10, 2],
      [100, 2],
    ]),
    series([
      [10, 2],
      [100, 4],
    ]),
  ])
  const [level, rising] = linePoints(picture).map((points) =>
    points.split(' ').map((each) => Number(each.split(',')[1])),
  )
  expect(level?.[0]).toBe(level?.[1])
  expect(rising?.[1]).toBeLessThan(rising?.[0] ?? 0)
})

test('a figure outside the scale ends at its edge, and its true value is in the words', () => {
  const picture = growthPicture([
    series([
      [10, 1],
      [10_000_000, 900],
    ]),
  ])
  expect(picture).toContain('900 ms at 10M')
  expect(linePoints(picture)[0]).toMatch(/,58$/)
})

test('each thing that grows has a panel, also where nothing was measured', () => {
  const picture = growthPicture([series([[1, 1]], 'channels')])
  for (const over of ['subscribers', 'channels', 'records']) expect(picture).toContain(`>${over}<`)
})
