/**
 * `npm run outside -- templates [TEMPLATE…]`: each template of `npm create dovetail`, made by its tarball, installed,
 * compiled, built, started, and driven in two windows of Chromium, as `npm start` and as `npm run dev`.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { npm } from '../npm.mjs'
import { packAll } from '../release/pack.mjs'
import { makeProject } from '../release/use-tarballs.mjs'
import { run, StepFailure, step } from '../steps.mjs'

/** Name → where `npm run dev` shows the page: the server's own port, or that of the page's server. */
const templates = { react: 'PAGE_PORT', next: 'PORT', express: 'PORT', fastify: 'PORT', backend: 'PORT' }

/** How long a start and a first page may take, in ms: compilers run first, on a machine with other work. */
const withinMs = 180_000

/** How long the processes of a script may take to end. */
const stopWithinMs = 15_000

/** @param {readonly string[]} wanted names of templates; none: all */
export async function runTemplates(wanted) {
  const names = wanted.length > 0 ? wanted : Object.keys(templates)
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-templates-'))
  try {
    await useTemplates(names, await packAll(folder), folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * @param {readonly string[]} names of templates
 * @param {readonly import('../release/pack.mjs').Tarball[]} tarballs
 * @param {string} folder where they are, and where the projects are made
 */
export async function useTemplates(names, tarballs, folder) {
  const maker = join(folder, 'maker')
  const create = tarballs.filter(({ name }) => name === 'create-dovetail')
  await step('installing create-dovetail', () => makeProject(maker, create))
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  try {
    for (const name of names) await useTemplate({ name, folder, maker, browser })
  } finally {
    await browser.close()
  }
}

async function useTemplate({ name, folder, maker, browser }) {
  const project = join(folder, `my-${name}`)
  const program = join(maker, 'node_modules/create-dovetail/bin/create-dovetail.js')
  await step(`${name}: create`, () =>
    run(process.execPath, [program, project, '--template', name, '--packages', folder, '--no-install']),
  )
  await step(`${name}: install`, () =>
    npm(['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: project }),
  )
  await step(`${name}: build`, () => npm(['run', 'build'], { cwd: project }))
  await step(`${name}: check`, () => npm(['run', 'check'], { cwd: project }))
  await step(`${name}: start`, () => drive({ project, script: 'start', portName: 'PORT', browser }))
  await step(`${name}: dev`, () => drive({ project, script: 'dev', portName: templates[name], browser }))
}

/** Runs a script of the project, and says something in one window that the other has to show. */
async function drive({ project, script, portName, browser }) {
  const ports = { PORT: String(await freePort()), PAGE_PORT: String(await freePort()) }
  // A group of its own: the script starts further processes, which all have to end.
  const child = spawn('npm', ['run', script], {
    cwd: project,
    env: { ...process.env, ...ports },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  try {
    const url = `http://localhost:${ports[portName]}`
    await answers(url, ended, () => output)
    await twoWindows(browser, url)
  } catch (error) {
    throw new StepFailure(`npm run ${script}: ${error.message}\n${output}`)
  } finally {
    process.kill(-child.pid, 'SIGTERM')
    const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), stopWithinMs)
    await ended
    clearTimeout(late)
  }
}

async function answers(url, ended, output) {
  let isOver = false
  ended.then(() => (isOver = true))
  const until = Date.now() + withinMs
  while (
    !/ready (at|in)/i.test(output()) ||
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (isOver || Date.now() > until) throw new StepFailure(isOver ? 'it ended' : 'no answer')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function twoWindows(browser, url) {
  const contexts = await Promise.all([browser.newContext(), browser.newContext()])
  try {
    const [writer, reader] = await Promise.all(contexts.map((context) => context.newPage()))
    for (const page of [writer, reader]) {
      page.setDefaultTimeout(withinMs)
      await page.goto(url)
    }
    const text = `hello ${Date.now()}`
    await writer.getByLabel('Message').fill(text)
    await writer.getByRole('button', { name: 'Send' }).click()
    for (const page of [writer, reader]) {
      await page.locator('li[data-status=acknowledged]', { hasText: text }).waitFor()
    }
  } finally {
    await Promise.all(contexts.map((context) => context.close()))
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
