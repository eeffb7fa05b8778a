/**
 * A webhook's receiver in a process of its own. It verifies each request by `standardwebhooks`, fails some by a seeded
 * plan, and prints a line for each event that it accepts, before it answers.
 */
import { createServer } from 'node:http'
import { SeededRandom } from 'dovetail-lab/check'
import { Webhook } from 'standardwebhooks'

const { RECEIVER_SECRET = '', RECEIVER_PORT = '0', RECEIVER_SEED = '1', RECEIVER_FAILING = '0' } = process.env
const webhook = new Webhook(RECEIVER_SECRET)
const random = new SeededRandom(Number(RECEIVER_SEED))

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  const headers = request.headers as Record<string, string>
  const fails = random.next() * 100 < Number(RECEIVER_FAILING)
  if (fails && random.next() < 0.3) return request.socket.destroy()
  if (fails && random.next() < 0.5) return response.writeHead(503, { 'retry-after': '1' }).end()
  if (fails) return response.writeHead(500).end('no')
  try {
    webhook.verify(body, headers)
  } catch {
    process.stdout.write('forged\n')
    return response.writeHead(400).end()
  }
  process.stdout.write(`${JSON.stringify({ id: headers['webhook-id'], event: JSON.parse(body) })}\n`, () => {
    // Sometimes the answer is lost although the event was taken.
    if (Number(RECEIVER_FAILING) > 0 && random.next() < 0.1) request.socket.destroy()
    else response.writeHead(204).end()
  })
})
server.listen(Number(RECEIVER_PORT), '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`port ${typeof address === 'object' ? address?.port : ''}\n`)
})
