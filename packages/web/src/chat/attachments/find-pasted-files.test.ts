import { expect, test } from 'vitest'
import { findPastedFiles } from './find-pasted-files.ts'

const file = new File(['x'], 'lake.png')

test.each([
  ['a picture alone', '', 1],
  ['a file with its name, as file managers copy it', '/home/ann/lake.png', 1],
  ['a text with a picture of it, as office programs copy it', 'Figures of the year', 0],
])('of %s, %j, so many files are taken: %i', (_title, text, count) => {
  expect(findPastedFiles({ files: [file], text })).toHaveLength(count)
})
