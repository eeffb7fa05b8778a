import { resolve } from 'node:path'
import files from '@fastify/static'
import { createDovetail } from 'dovetail-server'
import fastify from 'fastify'
import config from '../dovetail.config.ts'

const dovetail = await createDovetail({ config, log: 'warn' })
const messages = dovetail.channel('chat:general').collection('messages')

const app = fastify()
app.register(files, { root: resolve('public') })

// The log is at hand for your own routes, too.
app.get('/latest', async (_request, reply) => {
  const { records } = await messages.list({ limit: 1 })
  return reply.send(records.at(-1)?.data ?? {})
})

await app.ready()
dovetail.attach(app.server) // under /live

const port = Number(process.env.PORT ?? 3000)
await app.listen({ port })
console.log(`ready at http://localhost:${port}`)

process.once('SIGTERM', async () => {
  await dovetail.stop()
  await app.close()
})
