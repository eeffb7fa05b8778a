import type { lookup } from 'node:dns'
import { expect, test } from 'vitest'
import { AddressRefused, isPublicAddress, publicLookup, requirePublicHost } from './addresses.ts'

const refused = [
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.0.9', '169.254.169.254', '172.16.0.1', '172.31.9.9'],
  ...['192.0.0.1', '192.0.2.1', '192.168.1.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::ffff:10.0.0.1', '64:ff9b::7f00:1'],
  ...['2002:7f00:1::', '2001:db8::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1'],
  ...['4000::1', 'example.com', '', '127.1'],
]
const allowed = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8']

test('[WHK6] private, loopback, link-local, metadata and all other addresses that are not for everybody are refused', () => {
  for (const address of refused) expect(isPublicAddress(address), address).toBe(false)
  for (const address of allowed) expect(isPublicAddress(address), address).toBe(true)
})

test('[WHK6] a host that is an address is checked without a look-up, however it is spelt', () => {
  const spelt = [
    'http://127.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
  ]
  for (const url of spelt) expect(() => requirePublicHost(new URL(url).hostname), url).toThrow(AddressRefused)
  expect(() => requirePublicHost('[2606:4700::1111]')).not.toThrow()
  expect(() => requirePublicHost('example.com')).not.toThrow()
})

function resolving(...addresses: readonly string[]): typeof lookup {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const resolve = (_name: string, _options: object, done: (error: null, all: object) => void) => done(null, found)
  return resolve as typeof lookup
}

function lookedUp(resolve: typeof lookup, all: boolean): Promise<unknown> {
  return new Promise((done) =>
    publicLookup(resolve)('example.com', { all }, (error, address) => done(error ?? address)),
  )
}

test('[WHK6] a connection gets the public addresses of a name alone, and none where there are none', async () => {
  const mixed = resolving('10.0.0.1', '8.8.8.8', '::1', '2606:4700::1111')
  expect(await lookedUp(mixed, true)).toEqual([
    { address: '8.8.8.8', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ])
  expect(await lookedUp(mixed, false)).toBe('8.8.8.8')
  expect(await lookedUp(resolving('10.0.0.1', 'fd00::1'), true)).toBeInstanceOf(AddressRefused)
  expect(await lookedUp(resolving(), true)).toBeInstanceOf(AddressRefused)
})
