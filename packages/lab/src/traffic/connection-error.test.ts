import { expect, test } from 'vitest'
import { describeConnectionError, describeUntrustedCertificate } from './connection-error.ts'

const failed = (message: string, code: string) => Object.assign(new Error(message), { code })

test('an untrusted certificate is described as such, also as the cause of another error', () => {
  const self = failed('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT')
  const words =
    'its certificate is not trusted (self-signed certificate); NODE_EXTRA_CA_CERTS can name a file of those to trust'
  expect(describeConnectionError(self)).toBe(words)
  expect(describeUntrustedCertificate(new TypeError('fetch failed', { cause: self }))).toBe(words)
  for (const code of ['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])
    expect(describeUntrustedCertificate(failed('no', code))).not.toBeNull()
})

test('other connection errors keep their own message', () => {
  const refused = failed('connect ECONNREFUSED ::1:9', 'ECONNREFUSED')
  expect(describeUntrustedCertificate(refused)).toBeNull()
  expect(describeConnectionError(refused)).toBe('connect ECONNREFUSED ::1:9')
  const both = new AggregateError([refused, failed('connect ECONNREFUSED 127.0.0.1:9', 'ECONNREFUSED')])
  expect(describeConnectionError(both)).toBe('connect ECONNREFUSED ::1:9; connect ECONNREFUSED 127.0.0.1:9')
  expect(describeConnectionError('x')).toBe('x')
})
