import { describe, expect, test } from 'vitest'
import { createRest } from '../../support/clients/rest.ts'
import { serving } from '../../support/servers/serving.ts'

const guests = { guests: 2 }

describe('B62', () => {
  const server = serving({ limits: guests })

  test.each(['127.0.0.1', '::1', 'localhost'])('[RUN2] B62: REST and WebSocket answer at %s', async (host) => {
    const rest = createRest({ port: server.port, host })
    expect((await rest.get('/healthz')).status).toBe(200)
    rest.close()
    const socket = await server.open({ host: host === '::1' ? '[::1]' : host })
    expect((await socket.hello()).user).toBeNull()
  })

  test('[LIM15] B62: a peer that is not trusted does not choose its address', async () => {
    const nobody = await server.rest()
    const statuses = []
    for (let n = 1; n <= 4; n++) {
      statuses.push((await nobody.post('/v1/guests', {}, { 'x-forwarded-for': `192.0.2.${n}` })).status)
    }
    expect(statuses).toEqual([201, 201, 429, 429])
  })
})

describe('B62 behind a proxy', () => {
  const server = serving({ limits: guests, trustProxy: true })

  test('[LIM15] B62: the forwarded address counts, in any spelling', async () => {
    const nobody = await server.rest()
    const guest = async (address: string) =>
      (await nobody.post('/v1/guests', {}, { 'x-forwarded-for': address })).status
    expect(await guest('192.0.2.1')).toBe(201)
    expect(await guest('::ffff:192.0.2.1')).toBe(201)
    expect(await guest('192.0.2.1')).toBe(429)
    expect(await guest('192.0.2.2')).toBe(201)
    expect(await guest('2001:db8::1')).toBe(201)
    expect(await guest('[2001:db8::1]:443')).toBe(201)
    expect(await guest('2001:db8::1')).toBe(429)
    for (const odd of ['', 'unknown', 'x'.repeat(500), '1.2.3.4.5', '<script>']) {
      expect([odd, [201, 400, 429].includes(await guest(odd))]).toEqual([odd, true])
    }
  })
})
