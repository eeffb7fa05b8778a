import { Type } from 'typebox'
import { expect, expectTypeOf, test } from 'vitest'
import { type ChannelTypes, defineConfig } from './config.ts'

const channels = {
  notes: { collections: { entries: { schema: Type.Object({ text: Type.String() }) } } },
} as const

// The compiler holds what is said here; `npm run check` runs it.
test('a configuration file may set every option beside its channels, and keeps its precise type', () => {
  const config = defineConfig({
    channels,
    guests: false,
    port: 4700,
    host: ['127.0.0.1', '::1'],
    data: './data',
    store: 'memory:',
    backbone: 'memory:',
    memory: 'memory:',
    secret: './secret',
    jwks: 'https://id.example.org/keys',
    issuer: 'https://id.example.org',
    audience: 'notes',
    log: 'warn',
    limits: { recordBytes: 1024, guests: 3 },
    retain: '30d',
    origins: ['https://example.org'],
    trustProxy: true,
    drain: '5s',
  })
  expect(config.port).toBe(4700)
  expectTypeOf<ChannelTypes<typeof config>>().toEqualTypeOf<{
    readonly notes: { readonly entries: { text: string } }
  }>()
  expect(defineConfig({ port: 0 })).toEqual({ port: 0 })
})

test('an unknown key, and a value of another type, do not compile', () => {
  const given = [
    // @ts-expect-error: a slip of the pen
    defineConfig({ channels, prot: 4700 }),
    // @ts-expect-error: no level of a log
    defineConfig({ channels, log: 'loud' }),
    // @ts-expect-error: no such limit
    defineConfig({ limits: { recordSize: 7 } }),
    // @ts-expect-error: collections are an object
    defineConfig({ channels: { notes: { collections: [] } } }),
  ]
  expect(given).toHaveLength(4)
})
