import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { PostPool } from './post-pool.ts'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

/** Answers each post with its own body and token, and counts how many were under way at once at most. */
async function echo() {
  const seen = { most: 0, now: 0 }
  const server = createServer((request, response) => {
    seen.most = Math.max(seen.most, ++seen.now)
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      seen.now--
      const text = `${request.method} ${request.url} ${request.headers.authorization} ${body}`
      response.writeHead(201, { 'content-length': text.length }).end(text)
    })
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, seen, port: (server.address() as AddressInfo).port }
}

describe('the pool of posting connections', () => {
  test('each post gets its own answer, and no more posts run at once than there are connections', async () => {
    const { port, seen } = await echo()
    const pool = new PostPool({ port, path: '/p', token: 't', connections: 3 })
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.post(`{"i":${i}}`)))
    expect(answers).toEqual(answers.map((_, i) => ({ status: 201, body: `POST /p Bearer t {"i":${i}}` })))
    expect(seen.most).toBeLessThanOrEqual(3)
    pool.close()
  })

  test('posts go on after the server closed an idle connection', async () => {
    const { port, server } = await echo()
    const pool = new PostPool({ port, path: '/p', connections: 1 })
    await pool.post('{}')
    server.closeIdleConnections()
    // A post may meet the line while it closes, and is refused; the next one opens another.
    const { status } = await pool.post('{}').catch(() => pool.post('{}'))
    expect(status).toBe(201)
    pool.close()
  })
})
