/**
 * `npm run outside [-- SCENARIO…]`: third-party SSE clients, built in a temporary folder by the package managers of
 * their languages, follow a stream through `kill -9` and restarts. Prints a table of which clients reconnect; the last
 * table is in docs/outside.md. `npm run outside -- programs [NAME…]` runs what needs other programs that `npm test` does
 * not install, such as PgBouncer: test/outside, or the files whose names begin so. `-- runtimes` runs the packages, from
 * their tarballs, in other runtimes; `-- templates [TEMPLATE…]` makes, builds and drives the projects of
 * `npm create dovetail`; `-- planted [FAULT…]` lets `dovetail check` look for faults that are planted in copies of what
 * is built; `-- defences [NUMBER…]` takes out one defence at a time and runs the tests that claim it. `OUTSIDE_FOLDER` names a folder that keeps the built clients for the next run.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build } from './build.mjs'
import { buildClients } from './outside/clients.mjs'
import { root, run, runScript, StepFailure, step } from './steps.mjs'

/** How many scenarios run at a time. Each starts a process per client, so two cores manage only a few. */
const atOnce = 9

function browsers() {
  return ['chromium', 'firefox-esr'].flatMap((program) => {
    const path = `/usr/bin/${program}`
    if (!existsSync(path)) return []
    const version = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return [
      {
        name: `${program} EventSource`,
        version: /\d+[\d.]*\w*/.exec(version)?.[0] ?? '',
        command: [process.execPath, join(root, 'scripts/outside/browser.mjs'), path],
      },
    ]
  })
}

/** The programs that test/outside starts, and the Debian packages that have them. */
const programs = {
  '/usr/bin/WebKitWebDriver': 'webkit2gtk-driver',
  '/usr/bin/Xvfb': 'xvfb',
  '/usr/bin/caddy': 'caddy',
  '/usr/bin/cargo': 'cargo',
  '/usr/bin/firefox-esr': 'firefox-esr',
  '/usr/bin/go': 'golang-go',
  '/usr/bin/javac': 'default-jdk-headless',
  '/usr/bin/prometheus': 'prometheus',
  '/usr/sbin/apache2': 'apache2',
  '/usr/sbin/haproxy': 'haproxy',
  '/usr/sbin/pgbouncer': 'pgbouncer',
  '/usr/sbin/squid': 'squid',
  '/usr/sbin/varnishd': 'varnish',
}

/** Toolchains that need not be Debian's. */
function isInPath(program) {
  const name = basename(program)
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name)))
}

/** @param {readonly string[]} names of files in test/outside; none: all */
async function otherPrograms(names) {
  const missing = Object.entries(programs).flatMap(([path, name]) => (existsSync(path) || isInPath(path) ? [] : [name]))
  // RUNLEVEL=1: the packages' services stay stopped; the tests start their own on free ports.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  if (missing.length > 0)
    await step(`apt-get install ${missing.join(' ')}`, () =>
      run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], { env }),
    )
  const files = names.map((name) => `test/outside/${name}`)
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.outside.config.ts', ...files]
  await run(process.execPath, vitest, { output: 'as it comes' })
}

/** Stands for the address in commands that are saved with the built clients for the next run. */
const address = 'URL'

/** @returns {Promise<{ name: string, version: string, command: string[] }[]>} */
async function builtClients(folder) {
  const file = join(folder, 'clients.json')
  if (!existsSync(file)) {
    const clients = await buildClients(folder)
    await writeFile(file, JSON.stringify(clients.map((client) => ({ ...client, command: client.command(address) }))))
  }
  const kept = JSON.parse(await readFile(file, 'utf8'))
  return [...browsers().map((each) => ({ ...each, command: [...each.command, address] })), ...kept]
}

function table(titles, clients, verdicts) {
  const row = (cells) => `| ${cells.join(' | ')} |`
  const head = ['client', 'version', ...titles]
  return [
    row(head),
    row(head.map(() => '---')),
    ...clients.map(({ name, version }) => row([name, version, ...verdicts.map((of) => of.get(name) ?? '')])),
  ].join('\n')
}

/** The clients that reconnected after a crash but not after a restart: there should be none. */
function lost(names, verdicts, clients) {
  const killed = verdicts[names.indexOf('kill')]
  if (killed === undefined) return []
  return clients.filter(
    ({ name }) => killed.get(name) === 'back' && verdicts.some((verdict) => verdict.get(name) !== 'back'),
  )
}

await runScript(async () => {
  await build()
  const [part, ...rest] = process.argv.slice(2)
  if (part === 'programs') return await otherPrograms(rest)
  if (part === 'runtimes') return await (await import('./outside/runtimes.mjs')).runRuntimes()
  if (part === 'templates') return await (await import('./outside/templates.mjs')).runTemplates(rest)
  if (part === 'defences') return await (await import('./outside/defences.mjs')).runDefences(rest)
  if (part === 'planted') return await (await import('./outside/planted.mjs')).runPlanted(rest)
  const { runScenario, scenarios } = await import('./outside/scenarios.mjs')
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(scenarios)
  for (const name of names)
    if (!Object.hasOwn(scenarios, name))
      throw new StepFailure(`there is no scenario ${name}; known are ${Object.keys(scenarios).join(', ')}`)
  const kept = process.env.OUTSIDE_FOLDER
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'dovetail-outside-clients-')))
  await mkdir(folder, { recursive: true })
  try {
    const built = await builtClients(folder)
    const clients = built.map((client) => ({
      ...client,
      command: (url) => client.command.map((word) => (word === address ? url : word)),
    }))
    const verdicts = []
    for (const name of names) {
      const verdict = new Map()
      for (let first = 0; first < clients.length; first += atOnce) {
        const some = clients.slice(first, first + atOnce)
        const title = `${scenarios[name].title}: ${some.map((client) => client.name).join(', ')}`
        for (const entry of await step(title, () => runScenario(scenarios[name], some))) verdict.set(...entry)
      }
      verdicts.push(verdict)
    }
    const titles = names.map((name) => scenarios[name].title)
    process.stdout.write(`${table(titles, clients, verdicts)}\n`)
    const missed = lost(names, verdicts, clients)
    if (missed.length > 0)
      throw new StepFailure(
        `came back from a death and not from a restart: ${missed.map(({ name }) => name).join(', ')}`,
      )
  } finally {
    if (kept === undefined) await rm(folder, { recursive: true, force: true })
  }
})
