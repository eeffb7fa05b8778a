/** Follows an event stream with a browser's EventSource, in a new page, and prints the events. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [program, url] = process.argv.slice(2)

/** The page, which sends each line to this process. */
const page = `<!doctype html><title>outside</title><script>
let said = Promise.resolve()
const say = (line) => { said = said.then(() => fetch('/', { method: 'POST', body: line })).catch(() => {}) }
const source = new EventSource(${JSON.stringify(url)})
source.addEventListener('open', () => say('open'))
source.addEventListener('changes', ({ data }) => say('changes ' + data))
source.addEventListener('error', () => say(source.readyState === 2 ? 'end closed' : 'error'))
</script>`

const server = createServer((request, response) => {
  if (request.method !== 'POST')
    return response.setHeader('content-type', 'text/html').end(request.url === '/' ? page : '')
  let line = ''
  request.on('data', (chunk) => {
    line += chunk
  })
  request.on('end', () => {
    process.stdout.write(`${line}\n`)
    response.end()
  })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const profile = mkdtempSync(join(tmpdir(), 'outside-profile-'))
const flags = program.includes('firefox')
  ? ['--headless', '--no-remote', '--profile', profile]
  : ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', `--user-data-dir=${profile}`]
const browser = spawn(program, [...flags, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' })
const end = () => {
  browser.kill('SIGKILL')
  browser.once('exit', () => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    process.exit(0)
  })
}
browser.once('error', (error) => process.stdout.write(`end ${error.message}\n`))
process.on('SIGTERM', end)
process.on('SIGINT', end)
