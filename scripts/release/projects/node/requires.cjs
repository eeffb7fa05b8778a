/** The packages by `require`. */
const { strictEqual } = require('node:assert')
const { createServer } = require('node:http')
const { createClient } = require('dovetail-client')
const { codes } = require('dovetail-protocol/codes')
const { createDovetail, defineConfig } = require('dovetail-server')

async function main() {
  const config = defineConfig({ channels: { notes: { collections: { lines: {} } } } })
  const dovetail = await createDovetail({ config, store: 'sqlite:notes.db', log: 'error' })
  const server = createServer()
  dovetail.attach(server)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

  await dovetail.channel('notes:one').collection('lines').create({ text: 'hello' })
  const client = createClient({ url: `http://127.0.0.1:${server.address().port}/live`, transport: 'sse' })
  const view = client.channel('notes:one').collection('lines').live()
  await new Promise((resolve) => view.subscribe(() => view.records.length === 1 && resolve()))
  strictEqual(view.records[0].data.text, 'hello')
  strictEqual(typeof codes.not_found, 'object')

  client.close()
  await dovetail.stop()
  server.close()
}

main()
