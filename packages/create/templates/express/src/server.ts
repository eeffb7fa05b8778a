import { createDovetail } from 'dovetail-server'
import express from 'express'
import config from '../dovetail.config.ts'

const dovetail = await createDovetail({ config, log: 'warn' })
const messages = dovetail.channel('chat:general').collection('messages')

const app = express()
app.use(express.static('public'))

// The log is at hand for your own routes, too.
app.get('/latest', async (_request, response) => {
  const { records } = await messages.list({ limit: 1 })
  response.json(records.at(-1)?.data ?? null)
})

const port = Number(process.env.PORT ?? 3000)
const server = app.listen(port, () => console.log(`ready at http://localhost:${port}`))
dovetail.attach(server) // under /live

process.once('SIGTERM', async () => {
  await dovetail.stop()
  server.close()
})
