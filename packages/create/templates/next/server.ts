import { createServer } from 'node:http'
import { createDovetail } from 'dovetail-server'
import next from 'next'
import config from './dovetail.config.ts'

const port = Number(process.env.PORT ?? 3000)
const pages = next({ dev: process.argv.includes('--dev'), port })
await pages.prepare()
const handle = pages.getRequestHandler()

const server = createServer((request, response) => handle(request, response))
const dovetail = await createDovetail({ config, log: 'warn' })
dovetail.attach(server) // under /live
server.listen(port, () => console.log(`ready at http://localhost:${port}`))

process.once('SIGTERM', async () => {
  await dovetail.stop()
  server.close()
  await pages.close()
})
