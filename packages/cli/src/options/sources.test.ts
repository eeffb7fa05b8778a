import { expect, test } from 'vitest'
import { withoutEmpty } from './sources.ts'

test('an empty variable counts as not set; a blank or a zero does not', () => {
  expect(withoutEmpty({ TOKEN: '', URL: undefined, PORT: '0', NAME: ' ' })).toEqual({ PORT: '0', NAME: ' ' })
})
