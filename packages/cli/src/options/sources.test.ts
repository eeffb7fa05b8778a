import { expect, test } from 'vitest'
import { withoutEmpty } from './sources.ts'

test('a variable set to nothing is as absent as one that is not set; a blank or a zero is not', () => {
  expect(withoutEmpty({ TOKEN: '', URL: undefined, PORT: '0', NAME: ' ' })).toEqual({ PORT: '0', NAME: ' ' })
})
