/**
 * `npm run outside -- planted [FAULT…]`: does `dovetail check --seconds 8` find what it is for? A copy of what is built
 * gets one fault in the text of one file, and is checked with each of five seeds; all must find it. The copy without a
 * fault must be found clean as often. Prints a table; the last one is in docs/outside.md.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NodeProcess } from 'dovetail-lab/cluster'
import { root, StepFailure, step } from '../steps.mjs'

const seeds = [1, 2, 3, 4, 5]
const seconds = 8
const secret = 'a secret for this run only, 32 characters or more'

/**
 * @typedef {object} Fault
 * @property {string} what in the table
 * @property {string} file of the built server
 * @property {string} text stands once in the file
 * @property {string} broken what it is replaced by; `due(n)` is true once in n calls
 */

const sendInTake = `				return;
			}
			this.outlet.send(range.frame);
		}`
const sendInCatchUp = `			this.outlet.send(range.frame);
			behind.cursor = range.to;`

/** @type {Readonly<Record<string, Fault>>} */
const faults = {
  'live-to-one': {
    what: 'one live frame in 500 is not sent',
    file: 'core/log/feeds/feed.js',
    text: sendInTake,
    broken: sendInTake.replace('this.outlet', 'if (!due(500)) this.outlet'),
  },
  'live-to-all': {
    what: 'one flush in 25 is sent to no live reader',
    file: 'core/log/hub.js',
    text: 'if (hasLive) this.#feeds.sendLive(',
    broken: 'if (hasLive && !due(25)) this.#feeds.sendLive(',
  },
  'catch-up-frame': {
    what: 'one catch-up frame in 50 is not sent',
    file: 'core/log/feeds/feed.js',
    text: sendInCatchUp,
    broken: sendInCatchUp.replace('this.outlet', 'if (!due(50)) this.outlet'),
  },
  'catch-up-change': {
    what: 'one catch-up in 50 lacks its last change',
    file: 'core/log/feeds/tail.js',
    text: 'ranges = this.#cut(this.#fold(from, to), from, to, epoch);',
    broken: 'const all = this.#fold(from, to); ranges = this.#cut(due(50) ? all.slice(0, -1) : all, from, to, epoch);',
  },
  'before-too-low': {
    what: '`before=` leaves out the record directly below',
    file: 'transports/http/page-start.js',
    text: 'return { before };',
    broken: 'return { before: Math.max(0, before - 1) };',
  },
  'before-too-high': {
    what: '`before=` gives the record at the position again',
    file: 'transports/http/page-start.js',
    text: 'return { before };',
    broken: 'return { before: before + 1 };',
  },
}

const due = '\nlet dueCalls = 0\nfunction due(times) {\n\treturn ++dueCalls % times === 0\n}\n'

/** @param {readonly string[]} wanted names of faults; none: all, and the server without one */
export async function runPlanted(wanted) {
  const unknown = wanted.filter((name) => !Object.hasOwn(faults, name))
  if (unknown.length > 0)
    throw new StepFailure(`there is no fault ${unknown.join(', ')}; known are ${Object.keys(faults).join(', ')}`)
  // The servers are killed as this process exits.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const chosen = wanted.length > 0 ? wanted : [null, ...Object.keys(faults)]
  const rows = []
  let isAsExpected = true
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-planted-'))
  try {
    await copyBuild(folder)
    for (const name of chosen) {
      const found = await checkedBuild(folder, name)
      isAsExpected &&= found.every((kinds) => kinds.length > 0 === (name !== null))
      rows.push([name === null ? 'none' : faults[name].what, ...found.map((kinds) => kinds.join(', ') || 'clean')])
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const head = ['planted', ...seeds.map((seed) => `seed ${seed}`)]
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  process.stdout.write(`${lines.join('\n')}\n`)
  if (!isAsExpected) throw new StepFailure('a fault was not found, or something where there was none')
}

/** @returns {Promise<string[][]>} for each seed, the kinds of the complaints */
async function checkedBuild(folder, name) {
  const mend = name === null ? async () => {} : await plant(folder, faults[name])
  const found = []
  for (const seed of seeds) {
    const title = `${name ?? 'no fault'}, seed ${seed}`
    found.push(await step(title, () => check(folder, seed, join(folder, title))))
  }
  await mend()
  return found
}

/** Server and command line are copied; all other packages are those of the checkout. */
async function copyBuild(folder) {
  const modules = join(folder, 'node_modules')
  await mkdir(modules)
  const copied = { 'dovetail-server': 'packages/server', 'dovetail-cli': 'packages/cli' }
  for (const name of await readdir(join(root, 'node_modules')))
    if (!name.startsWith('.') && !Object.hasOwn(copied, name))
      await symlink(join(root, 'node_modules', name), join(modules, name))
  for (const [name, path] of Object.entries(copied))
    for (const part of ['package.json', 'bin', 'dist'])
      await cp(join(root, path, part), join(modules, name, part), { recursive: true }).catch((error) => {
        if (error.code !== 'ENOENT') throw error
      })
}

/** @returns {Promise<() => Promise<void>>} mends it */
async function plant(folder, { file, text, broken }) {
  const path = join(folder, 'node_modules/dovetail-server/dist', file)
  const source = await readFile(path, 'utf8')
  const parts = source.split(text)
  if (parts.length !== 2) throw new StepFailure(`${file} has the text to replace ${parts.length - 1} times: ${text}`)
  await writeFile(path, parts.join(broken) + due)
  return () => writeFile(path, source)
}

async function check(folder, seed, data) {
  const node = await NodeProcess.start({
    dovetail: [process.execPath, join(folder, 'node_modules/dovetail-cli/bin/dovetail.js')],
    args: ['--port', '0', '--host', '127.0.0.1', '--data', data, '--log', 'fatal'],
    env: { DOVETAIL_SECRET: secret },
  })
  try {
    const options = [
      '--seconds',
      String(seconds),
      '--seed',
      String(seed),
      '--json',
      '--history',
      join(folder, 'history'),
    ]
    const { complaints } = await verdict(['check', '--url', node.url, ...options])
    return [...new Set(complaints.map(({ invariant }) => invariant))].sort()
  } finally {
    await node.stop('SIGKILL')
  }
}

/** The verdict is printed with exit code 1 too. */
function verdict(args) {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(root, 'packages/cli/bin/dovetail.js'), ...args],
      { maxBuffer: 2 ** 28 },
      (error, stdout, stderr) => {
        if (stdout.startsWith('{')) resolve(JSON.parse(stdout))
        else reject(new StepFailure(`dovetail check ended without a verdict: ${error?.message}\n${stderr}`))
      },
    )
  })
}
