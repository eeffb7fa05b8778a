/** Runs the bundled worker in Miniflare. Arguments: the bundle, the server's URL. Prints `done`. */
import { readFile } from 'node:fs/promises'
import { Miniflare } from 'miniflare'

const [bundle, url] = process.argv.slice(2)
const miniflare = new Miniflare({
  modules: true,
  script: await readFile(bundle, 'utf8'),
  compatibilityDate: '2026-01-01',
})
const answer = await miniflare.dispatchFetch(`http://worker.test/?server=${encodeURIComponent(url)}`)
const text = await answer.text()
await miniflare.dispose()
if (text !== 'from a worker') throw new Error(text)
console.log('done')
