/** Starts the installed command and looks at what it serves. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { passSignalsTo, StepFailure } from '../steps.mjs'

/** @param {string} project a folder in which the packages are installed */
export async function useServe(project) {
  const data = await mkdtemp(join(tmpdir(), 'dovetail-data-'))
  try {
    await withServer(join(project, 'node_modules/.bin/dovetail'), ['serve', '--data', data], async (url) => {
      const page = await textOf(`${url}/`)
      const script = /<script[^>]* src="([^"]+)"/.exec(page)?.[1]
      if (script === undefined) throw new StepFailure(`the web app is not served: ${page.slice(0, 200)}`)
      await textOf(new URL(script, url))
      await textOf(`${url}/openapi.json`)
    })
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

const postgres = ['--store', 'postgres://127.0.0.1:1/none']
const redis = ['--memory', 'redis://127.0.0.1:1']

/** What the one line has to name, and the options that want a driver. Kafka is refused without the other two. */
const wanting = {
  'npm install pg@8': postgres,
  'npm install redis@6': ['--store', 'memory:', ...redis],
  'npm install @platformatic/kafka@1': [...postgres, ...redis, '--backbone', 'kafka://127.0.0.1:1/none'],
}

/** @param {string} project a folder in which the packages are installed, and no driver */
export async function useWithoutDrivers(project) {
  const command = join(project, 'node_modules/.bin/dovetail')
  for (const [line, options] of Object.entries(wanting)) {
    const args = ['serve', ...options, '--data', join(project, 'data')]
    const output = await withServer(command, args, () => 'it started').catch(({ message }) => message)
    if (output.trim().includes('\n') || !output.includes(line))
      throw new StepFailure(`no line with ${line}, or more than one: ${output}`)
  }
}

/**
 * Starts a server by a command line, on a free port, and stops it when it was used.
 * @template T
 * @param {string} command
 * @param {readonly string[]} args
 * @param {(url: string, output: () => string) => Promise<T>} use
 */
export async function withServer(command, args, use) {
  const child = spawn(command, [...args, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const forget = passSignalsTo(child)
  const ended = new Promise((resolve) => child.once('close', resolve))
  let output = ''
  try {
    const url = await new Promise((resolve, reject) => {
      const read = (chunk) => {
        output += chunk
        const ready = /dovetail ready at (\S+)/.exec(output)
        if (ready) resolve(ready[1])
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.once('error', reject)
      child.once('close', (code) => reject(new StepFailure(`dovetail serve ended with ${code}: ${output}`)))
    })
    return await use(url, () => output)
  } finally {
    child.kill('SIGTERM')
    await ended
    forget()
  }
}

async function textOf(url) {
  const response = await fetch(url)
  if (!response.ok) throw new StepFailure(`${url} is ${response.status}`)
  return response.text()
}
