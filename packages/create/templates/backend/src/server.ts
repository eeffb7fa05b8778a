import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createDovetail } from 'dovetail-server'
import config from '../dovetail.config.ts'

const files: Readonly<Record<string, { path: string; type: string }>> = {
  '/': { path: 'public/index.html', type: 'text/html' },
  '/page.js': { path: 'public/page.js', type: 'text/javascript' },
}

const server = createServer(async (request, response) => {
  const file = files[request.url ?? '']
  if (file === undefined) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': file.type }).end(await readFile(file.path))
})

const dovetail = await createDovetail({ config, log: 'warn' })
dovetail.attach(server) // under /live

const port = Number(process.env.PORT ?? 3000)
server.listen(port, () => console.log(`ready at http://localhost:${port}`))

// The log is at hand for this program, too: a greeting, once, whatever the number of starts.
const messages = dovetail.channel('chat:general').collection('messages')
await messages.create({ text: 'Welcome. Open a second window.' }, { key: 'welcome' })

process.once('SIGTERM', async () => {
  await dovetail.stop()
  server.close()
})
