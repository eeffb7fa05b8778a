import { expect, test } from 'vitest'
import { formatBytes } from './format-figures.ts'

test('bytes are shown in the unit that keeps them short', () => {
  const shown = [0, 1, 1023, 1024, 1536, 1_048_576, 5 * 1024 ** 3, 2000 * 1024 ** 4].map(formatBytes)
  expect(shown).toEqual(['0 B', '1 B', '1,023 B', '1 KB', '1.5 KB', '1 MB', '5 GB', '2,000 TB'])
})
