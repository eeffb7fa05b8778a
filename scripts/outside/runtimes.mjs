/**
 * `npm run outside -- runtimes`: the packages, installed from their tarballs, in other runtimes than the one that the
 * tests run in. Prints a table, which is kept in docs/outside.md.
 */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packAll } from '../release/pack.mjs'
import { withServer } from '../release/use-serve.mjs'
import { makeProject } from '../release/use-tarballs.mjs'
import { root, StepFailure, step } from '../steps.mjs'

const execute = promisify(execFile)

const platform = `${process.platform}-${process.arch}`

/** The runtimes as npm has them. Versions are pinned, so that two tables compare the same. */
const runtimes = {
  'node-20': `npm:node-${platform}@20.19.0`,
  'node-22': `npm:node-${platform}@22.23.5`,
  'node-24': `npm:node-${platform}@24.22.3`,
  'node-26': `npm:node-${platform}@26.12.1`,
  [`@oven/bun-${platform}`]: '1.4.5',
  [`@deno/${platform}-glibc`]: '2.9.6',
  miniflare: '4.20260730.0',
  // For Node 20, whose own SQLite is missing, and for the bundle of the worker.
  '@photostructure/sqlite': '1.2.1',
  esbuild: '0.28.2',
}

/** How long one program may take, in ms: a machine with other work is slow, a program that hangs never ends. */
const withinMs = 120_000

export async function runRuntimes() {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-runtimes-'))
  try {
    process.stdout.write(`${await useInRuntimes(await packAll(folder), join(folder, 'project'))}\n`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * @param {readonly import('../release/pack.mjs').Tarball[]} tarballs
 * @param {string} project a folder that is made
 * @returns {Promise<string>} the table
 */
export async function useInRuntimes(tarballs, project) {
  await step('installing the tarballs and the runtimes', () => makeProject(project, tarballs, runtimes))
  await cp(join(root, 'scripts/outside/runtimes'), project, { recursive: true })
  const rows = await withServer(process.execPath, [commandIn(project), 'serve', '--store', 'memory:'], (url) =>
    allRows(project, url),
  )
  const bad = rows.filter(({ client, server }) => client !== 'works' || server.startsWith('fails'))
  if (bad.length > 0) throw new StepFailure(`failed: ${bad.map(({ name }) => name).join(', ')}\n${table(rows)}`)
  return table(rows)
}

const commandIn = (project) => join(project, 'node_modules/dovetail-cli/bin/dovetail.js')

async function allRows(project, url) {
  const modules = join(project, 'node_modules')
  const inNode = (major) => ({ name: `Node ${major}`, command: [join(modules, `node-${major}/bin/node`)] })
  const each = [
    ...['20', '22', '24', '26'].map(inNode),
    { name: 'Bun', command: [join(modules, `@oven/bun-${platform}/bin/bun`)] },
    { name: 'Deno', command: [join(modules, `@deno/${platform}-glibc/deno`), 'run', '--quiet', '--allow-all'] },
  ]
  const rows = []
  for (const { name, command } of each) {
    rows.push(
      await step(name, async () => ({
        name,
        version: await versionOf(command[0]),
        client: await verdictOf(() => printsDone(project, [...command, 'client.mjs', url])),
        server: await serverVerdict(project, command),
      })),
    )
  }
  rows.push(await step('workerd', () => workerRow(project, url)))
  return rows
}

async function workerRow(project, url) {
  const client = await verdictOf(async () => {
    const esbuild = join(project, 'node_modules/esbuild/bin/esbuild')
    await execute(esbuild, ['worker.mjs', '--bundle', '--format=esm', '--outfile=bundle.mjs', '--log-level=error'], {
      cwd: project,
    })
    await printsDone(project, [process.execPath, 'run-worker.mjs', 'bundle.mjs', url])
  })
  return { name: 'workerd (miniflare)', version: runtimes.miniflare, client, server: '–' }
}

async function versionOf(program) {
  const { stdout } = await execute(program, ['--version'])
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? ''
}

async function printsDone(cwd, [program, ...args]) {
  const { stdout, stderr } = await execute(program, args, { cwd, timeout: withinMs })
  if (!stdout.includes('done')) throw new Error(stderr || stdout)
  if (stderr !== '') throw new Error(`it warns: ${stderr}`)
}

/** Starts the server with SQLite and looks whether it warns. */
async function serverVerdict(project, [program, ...args]) {
  const data = await mkdtemp(join(tmpdir(), 'dovetail-data-'))
  try {
    return await verdictOf(async () => {
      const command = [...args, commandIn(project), 'serve', '--data', data, '--log', 'error']
      await withServer(program, command, async (url, output) => {
        const answer = await fetch(`${url}/v1/channels/chat:general/messages`)
        if (!answer.ok) throw new Error(`messages are answered ${answer.status}`)
        const warning = output().replace(/^dovetail ready at .*\n/m, '')
        if (warning !== '') throw new Error(`it warns: ${warning}`)
      })
    })
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

async function verdictOf(use) {
  try {
    await use()
    return 'works'
  } catch (error) {
    const line = String(error.message).trim().split('\n').at(-1)
    return line.includes('is not served on') ? `no: ${line.replace(/^.*store: /, '')}` : `fails: ${line}`
  }
}

function table(rows) {
  const row = (cells) => `| ${cells.join(' | ')} |`
  const head = ['runtime', 'version', 'SDK', '`dovetail serve` with SQLite']
  return [
    row(head),
    row(head.map(() => '---')),
    ...rows.map(({ name, version, client, server }) => row([name, version, client, server])),
  ].join('\n')
}
