/** The packages by `import`: a server of one's own, a client, and the command's version. */
import { strictEqual } from 'node:assert'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createClient } from 'dovetail-client'
import { codes } from 'dovetail-protocol/codes'
import { createDovetail, defineConfig } from 'dovetail-server'

const config = defineConfig({
  channels: { notes: { visibility: 'public', write: 'anyone', collections: { lines: {} } } },
})
const webRoot = fileURLToPath(new URL('web', import.meta.resolve('dovetail-cli/package.json')))
const dovetail = await createDovetail({ config, store: 'memory:', log: 'error', webRoot })
const server = createServer()
dovetail.attach(server)
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

await dovetail.channel('notes:one').collection('lines').create({ text: 'hello' })
const client = createClient({ url: `http://127.0.0.1:${server.address().port}/live` })
const view = client.channel('notes:one').collection('lines').live()
await new Promise((resolve) => view.subscribe(() => view.records.length === 1 && resolve()))
strictEqual(view.records[0].data.text, 'hello')
strictEqual(typeof codes.not_found, 'object')

const origin = `http://127.0.0.1:${server.address().port}`
const page = await fetch(`${origin}/live`)
strictEqual(page.url, `${origin}/live/`)
const [, script] = /<script[^>]* src="([^"]+)"/.exec(await page.text())
strictEqual((await fetch(new URL(script, page.url))).status, 200)

client.close()
await dovetail.stop()
server.close()
