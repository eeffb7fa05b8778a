/** A server that shows the least cost of a JSON POST with the same HTTP framework: it parses, answers with a record, and stores nothing. */
import Fastify from 'fastify'

const app = Fastify()
let last = 0

app.post('/v1/channels/:channel/:collection', async (request, reply) => {
  const id = String(++last)
  return reply.code(201).send({ id, data: request.body })
})

const address = await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`ready at ${address}\n`)
process.on('SIGTERM', () => process.exit(0))
