import { DovetailError, type ErrorCode } from 'dovetail-client'
import { expect, test } from 'vitest'
import { describeFailure } from './describe-failure.ts'

const file = { size: 12_000_000, type: 'text/html' }
const typeFault = { errors: [{ pointer: '/type', message: 'Files here are image/*.' }] }

test.each<[ErrorCode, object, number | null, string, boolean]>([
  ['too_large', {}, 10_000_000, 'This file is too large: 12 MB; at most 10 MB are taken.', false],
  ['too_large', {}, 20_000_000, 'This file is too large: 12 MB.', false],
  ['too_large', {}, null, 'This file is too large: 12 MB.', false],
  ['invalid_data', typeFault, null, 'Files of the type text/html are not taken here.', false],
  ['forbidden', {}, null, 'You may not send files here.', false],
  ['rate_limited', {}, null, 'These are too many files at once. Wait a little, then try again.', true],
  ['network', {}, null, 'The connection was lost.', true],
  ['invalid_data', {}, null, 'as the server says', false],
  ['store_unavailable', { status: 503 }, null, 'as the server says', true],
])('%s is told in words', (code, fields, mostBytes, reason, mayRetry) => {
  const error = new DovetailError(code, 'as the server says', fields)
  expect(describeFailure(error, file, mostBytes)).toEqual({ reason, mayRetry })
})

test('a file without a type is told as such', () => {
  const error = new DovetailError('invalid_data', '', typeFault)
  expect(describeFailure(error, { ...file, type: '' }, null).reason).toBe('Files of this type are not taken here.')
})
