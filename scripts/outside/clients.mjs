/** Third-party SSE clients: how to build each in a folder, and the command that follows a stream with it. */
import { copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run, step } from '../steps.mjs'

const sources = join(root, 'scripts/outside')

/**
 * @typedef {object} Client
 * @property {string} name
 * @property {string} version
 * @property {(url: string) => readonly string[]} command a program that prints `changes <data>` for each event of that name, and `end <why>` where the library gave up
 */

/** Versions are pinned, so that two tables compare the same clients. */
const npm = {
  '@microsoft/fetch-event-source': '2.0.1',
  deno: '2.9.6',
  '@deno/linux-x64-glibc': '2.9.6',
  'event-source-polyfill': '1.0.31',
  eventsource: '4.1.1',
  'eventsource-client': '1.2.0',
  'launchdarkly-eventsource': '2.2.0',
  undici: '7.30.2',
}
const pip = {
  aiohttp: '3.14.5',
  'aiohttp-sse-client': '0.2.1',
  httpx: '0.28.1',
  'httpx-sse': '0.4.3',
  requests: '2.34.2',
  'requests-sse': '0.5.3',
  'sseclient-py': '1.9.0',
  stamina: '26.1.0',
}
const go = {
  'github.com/launchdarkly/eventsource': 'v1.11.0',
  'github.com/r3labs/sse/v2': 'v2.10.0',
  'github.com/tmaxmax/go-sse': 'v0.12.0',
}

/** Runs a shell command in a folder. */
const shell = (folder, line) => run('sh', ['-c', `cd '${folder}' && ${line}`])

/** @returns {Promise<Client[]>} */
async function ofNpm(folder) {
  await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  await copyFile(join(sources, 'node/follow.mjs'), join(folder, 'follow.mjs'))
  const wanted = Object.entries(npm).map(([name, version]) => `${name}@${version}`)
  // The `deno` package downloads its binary by an install script; the platform's package contains the binary.
  await shell(folder, `npm install --save-exact --ignore-scripts --no-audit --no-fund ${wanted.join(' ')}`)
  const inNode = (name) => ({
    name: `npm ${name}`,
    version: npm[name],
    command: (url) => [process.execPath, join(folder, 'follow.mjs'), name.replace('@microsoft/', ''), url],
  })
  const deno = join(folder, 'node_modules/@deno/linux-x64-glibc/deno')
  return [
    ...Object.keys(npm)
      .filter((name) => !name.includes('deno'))
      .map(inNode),
    {
      name: 'Deno EventSource',
      version: npm.deno,
      command: (url) => [deno, 'run', '--quiet', '--allow-net', join(folder, 'follow.mjs'), 'runtime', url],
    },
  ]
}

/** @returns {Promise<Client[]>} */
async function ofPython(folder) {
  await copyFile(join(sources, 'python/follow.py'), join(folder, 'follow.py'))
  const wanted = Object.entries(pip).map(([name, version]) => `${name}==${version}`)
  await shell(folder, `python3 -m venv venv && venv/bin/pip install --quiet ${wanted.join(' ')}`)
  const following = (name, library, title = name) => ({
    name: `pip ${title}`,
    version: pip[name],
    command: (url) => [join(folder, 'venv/bin/python'), join(folder, 'follow.py'), library, url],
  })
  return [
    following('httpx-sse', 'httpx-sse', 'httpx-sse, as its README comes back'),
    following('httpx-sse', 'httpx-sse-loop', 'httpx-sse in a loop'),
    following('requests-sse', 'requests-sse'),
    following('aiohttp-sse-client', 'aiohttp-sse-client'),
    following('sseclient-py', 'sseclient-py', 'sseclient-py in a loop'),
  ]
}

/** @returns {Promise<Client[]>} */
async function ofGo(folder) {
  for (const file of await readdir(join(sources, 'go'))) await copyFile(join(sources, 'go', file), join(folder, file))
  const wanted = Object.entries(go).map(([name, version]) => `${name}@${version}`)
  await shell(folder, `go mod init outside && go get ${wanted.join(' ')} && go build -o client .`)
  return [
    ['r3labs', 'github.com/r3labs/sse/v2'],
    ['tmaxmax', 'github.com/tmaxmax/go-sse'],
    ['launchdarkly', 'github.com/launchdarkly/eventsource'],
  ].map(([library, name]) => ({
    name: `Go ${name.replace('github.com/', '')}`,
    version: go[name],
    command: (url) => [join(folder, 'client'), library, url],
  }))
}

/** @returns {Promise<Client[]>} */
async function ofRust(folder) {
  await cp(join(sources, 'rust'), folder, { recursive: true })
  await shell(folder, 'cargo build --quiet --release')
  const manifest = await readFile(join(folder, 'Cargo.toml'), 'utf8')
  return ['reqwest-eventsource', 'eventsource-client'].map((name) => ({
    name: `Rust ${name}`,
    version: new RegExp(`^${name} = .*?"=([^"]+)"`, 'm').exec(manifest)?.[1] ?? '',
    command: (url) => [join(folder, 'target/release/outside'), name, url],
  }))
}

/** @returns {Promise<Client[]>} */
async function ofJava(folder) {
  await cp(join(sources, 'java'), folder, { recursive: true })
  await shell(folder, 'mvn -q dependency:copy-dependencies -DoutputDirectory=lib')
  await shell(folder, "javac -cp 'lib/*' -d classes Follow.java")
  const jars = await readdir(join(folder, 'lib'))
  return [
    ['okhttp-sse', 'okhttp-sse, opened again by its user'],
    ['okhttp-eventsource', 'okhttp-eventsource'],
  ].map(([name, title]) => ({
    name: `Java ${title}`,
    version: jars.map((jar) => new RegExp(`^${name}-(.+)\\.jar$`).exec(jar)?.[1]).find(Boolean) ?? '',
    command: (url) => ['java', '-cp', `${folder}/classes:${folder}/lib/*`, 'Follow', name, url],
  }))
}

const kinds = { npm: ofNpm, pip: ofPython, go: ofGo, cargo: ofRust, maven: ofJava }

/**
 * Builds each client in its own folder. A language whose package manager is missing or fails is reported and skipped.
 * @param {string} folder
 * @returns {Promise<Client[]>}
 */
export async function buildClients(folder) {
  const clients = []
  for (const [kind, build] of Object.entries(kinds)) {
    const own = join(folder, kind)
    await mkdir(own, { recursive: true })
    try {
      clients.push(...(await step(`building the clients of ${kind}`, () => build(own))))
    } catch (error) {
      process.stderr.write(`left out: ${error.message}\n`)
    }
  }
  return clients
}
