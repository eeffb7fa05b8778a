import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { Nodes } from './nodes.ts'

async function addressOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** So many that the code of a request is compiled, which then keeps nothing that it does not use any more. */
const enoughToCompile = { rounds: 300, atOnce: 40 }

test('a request without a reply ends at its time, also where garbage was collected meanwhile', async () => {
  const answering = createServer((_request, response) => response.end('{}'))
  const silent = createTcpServer((socket) => {
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
  })
  const { signal } = new AbortController()
  const ask = (nodes: Nodes, withinMs: number, count: number) =>
    Promise.allSettled(Array.from({ length: count }, () => nodes.request('/', { signal, withinMs })))
  const first = new Nodes([await addressOf(answering)])
  for (let round = 0; round < enoughToCompile.rounds; round++) await ask(first, 60_000, enoughToCompile.atOnce)

  setFlagsFromString('--expose-gc')
  const collecting = setInterval(runInNewContext('gc') as () => void, 50)
  onTestFinished(() => clearInterval(collecting))
  const ends = await ask(new Nodes([await addressOf(silent)]), 1000, 5)
  const late = { status: 'rejected', reason: expect.objectContaining({ name: 'TimeoutError' }) }
  expect(ends).toEqual(ends.map(() => late))
})
