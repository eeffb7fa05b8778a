import { expect, test } from 'vitest'
import { openLine, upgradeRequest } from '../../support/clients/raw-socket.ts'
import { serving } from '../../support/servers/serving.ts'

const server = serving()

/** Requests that never come to the end of their headers. */
const begun = ['GET /v1/limits HTTP/1.1\r\nHost: x\r\nX-Slow: a', upgradeRequest().slice(0, -2)]

test('[LIM36] headers that do not come to their end are answered with 408 after 10 s, and hold up nobody', async () => {
  const lines = await Promise.all(
    Array.from({ length: 50 }, async (_, at) => {
      const line = await openLine(server.port)
      line.write(begun[at % begun.length] ?? '')
      return line
    }),
  )
  const rest = await server.rest()
  expect((await rest.get('/v1/limits')).status).toBe(200)
  for (const line of lines) {
    const received = await line.until('an answer', (bytes) => bytes.includes('\r\n\r\n'))
    expect(received.toString('latin1')).toMatch(/^HTTP\/1\.1 408 /)
    await line.ended
  }
  expect((await rest.get('/v1/limits')).status).toBe(200)
})
