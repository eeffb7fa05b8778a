import { describe, expect, test } from 'vitest'
import { optionTable } from './option-table.ts'

describe('origins', () => {
  test.each(['https://app.example', 'http://localhost:5173', 'capacitor://localhost', 'https://[::1]:4600'])(
    '%s is one',
    (origin) => {
      expect(optionTable.origins.parse(origin)).toEqual([origin])
    },
  )

  test.each([
    'app.example',
    'https://app.example/',
    'https://app.example:443',
    'capacitor://localhost/x',
    'null',
    'data:x',
  ])('"%s" is not an origin', (origin) => {
    expect(() => optionTable.origins.parse(origin)).toThrow('is no origin')
  })
})

test('duplicate hosts are removed, and an IPv6 address may have the brackets of a URL', () => {
  expect(optionTable.host.parse('127.0.0.1, [::1]')).toEqual(['127.0.0.1', '::1'])
  expect(optionTable.host.parse(['::1', '[::1]'])).toEqual(['::1'])
})
