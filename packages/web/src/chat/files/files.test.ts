import { expect, test } from 'vitest'
import { fileKind } from './file-kind.ts'
import { formatSize } from './format-size.ts'
import { messageFilesIn, summaryOf } from './message-file.ts'
import { shownSize } from './shown-size.ts'

test.each([
  [1, '1 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1234, '1.23 kB'],
  [999_999, '1 MB'],
  [10_485_760, '10.5 MB'],
  [6_000_000_000, '6 GB'],
])('%i bytes are %s', (bytes, words) => {
  expect(formatSize(bytes)).toBe(words)
})

test.each([
  ['report.pdf', 'application/pdf', 'PDF'],
  ['archive.tar.gz', 'application/gzip', 'GZ'],
  ['drawing', 'image/svg+xml', 'XML'],
  ['without', 'text/csv', 'CSV'],
])('%s of type %s is called %s', (name, type, kind) => {
  expect(fileKind({ name, type })).toBe(kind)
})

test.each([
  [{ width: 4000, height: 3000 }, true, { width: 400, height: 300 }],
  [{ width: 4000, height: 3000 }, false, { width: 240, height: 180 }],
  [{ width: 100, height: 50 }, true, { width: 100, height: 50 }],
  [{ width: 300, height: 900 }, true, { width: 100, height: 300 }],
  [{ width: 100_000, height: 1 }, true, { width: 400, height: 32 }],
  [{ width: 1, height: 1 }, false, { width: 32, height: 32 }],
])('an image of %j, alone: %j, is shown as %j', (size, isAlone, shown) => {
  expect(shownSize(size, isAlone)).toEqual(shown)
})

test('only what describes a file is taken from a message, and its names stand for a text that is missing', () => {
  const file = { id: 'f', name: 'a.png', type: 'image/png', size: 1 }
  expect(messageFilesIn([file, null, 'x', { id: 1 }, { ...file, alt: 'A lake' }])).toEqual([
    file,
    { ...file, alt: 'A lake' },
  ])
  for (const none of [undefined, null, {}, 'files']) expect(messageFilesIn(none)).toEqual([])
  expect(summaryOf({ text: '', files: [file, { ...file, alt: 'A lake' }] })).toBe('a.png, A lake')
  expect(summaryOf({ text: 'look', files: [file] })).toBe('look')
})
