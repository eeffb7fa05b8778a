import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startNginx } from './nginx.ts'

async function namedServer(name: string): Promise<number> {
  const server = createServer((_request, response) => response.end(name))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function repliesOf(sticky: 'address' | null): Promise<string[]> {
  const ports = [await namedServer('a'), await namedServer('b')]
  const nginx = await startNginx({ ports, ...(sticky === null ? {} : { sticky }) })
  onTestFinished(() => nginx.stop())
  const answers: string[] = []
  for (let i = 0; i < 8; i++) answers.push(await (await fetch(`http://127.0.0.1:${nginx.port}/`)).text())
  return answers
}

test('nginx sends each request to the next server', { timeout: 60_000 }, async () => {
  expect((await repliesOf(null)).sort().join('')).toBe('aaaabbbb')
})

test('sticky nginx sends all requests of one address to one server', { timeout: 60_000 }, async () => {
  expect(new Set(await repliesOf('address')).size).toBe(1)
})
