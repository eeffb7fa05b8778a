import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Requests, takesLong } from './requests.ts'

const bodyMs = 30_000
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A server whose handler waits for the body, and a connection that has sent half of one. */
async function halfSent(prepare: (request: IncomingMessage) => void = () => undefined) {
  const requests = new Requests()
  let noteBegun: () => void = () => undefined
  const begun = new Promise<void>((resolve) => {
    noteBegun = resolve
  })
  const server = createServer(
    requests.inTurn((request, response) => {
      prepare(request)
      request.on('error', () => undefined)
      request.on('end', () => response.end('done')).resume()
      noteBegun()
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  closing.push(() => {
    socket.destroy()
    server.close()
  })
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf ')
  await begun
  return { requests, socket }
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (data) => resolve(String(data).split('\r\n', 1)[0] ?? ''))
    socket.once('error', reject).once('close', () => resolve('closed'))
  })
}

test('a body that takes longer than its time is answered with 408, and not sooner', async () => {
  const { requests, socket } = await halfSent()
  const answer = firstLine(socket)
  requests.endSlowBodies(1000, bodyMs)
  requests.endSlowBodies(1000 + bodyMs, bodyMs)
  expect(socket.destroyed).toBe(false)
  requests.endSlowBodies(1001 + bodyMs, bodyMs)
  expect(await answer).toBe('HTTP/1.1 408 Request Timeout')
})

test('a body that came in time is left alone, and so is one whose handler bounds it', async () => {
  for (const prepare of [undefined, takesLong]) {
    const { requests, socket } = await halfSent(prepare)
    const answer = firstLine(socket)
    requests.endSlowBodies(1000, bodyMs)
    if (prepare !== undefined) requests.endSlowBodies(1001 + bodyMs, bodyMs)
    socket.write('more!')
    expect(await answer).toBe('HTTP/1.1 200 OK')
    requests.endSlowBodies(1002 + 2 * bodyMs, bodyMs)
    expect(socket.destroyed).toBe(false)
  }
})
