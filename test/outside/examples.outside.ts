/**
 * The clients of examples/ join a page and a stream, and come back from a crash of the server and from a restart by their
 * cursor: each prints every record once and in order.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from 'dovetail-lab/services'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { dovetailCommand } from '../support/servers/dovetail-command.ts'

const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
let tools = ''

beforeAll(async () => {
  tools = await mkdtemp(join(tmpdir(), 'dovetail-examples-'))
  execFileSync('python3', ['-m', 'venv', join(tools, 'venv')])
  execFileSync(join(tools, 'venv/bin/pip'), ['install', '--quiet', 'websockets==15.0.1'])
})
afterAll(() => rm(tools, { recursive: true, force: true }))

/** How each client is started; a function, since its tools are not there before the tests. */
const clients: Readonly<Record<string, { readonly file: string; readonly command: () => string[] }>> = {
  'Python, websockets': {
    file: 'python/follow.py',
    command: () => [join(tools, 'venv/bin/python'), join(examples, 'python/follow.py')],
  },
  'bash, curl and jq': { file: 'bash/follow.sh', command: () => ['bash', join(examples, 'bash/follow.sh')] },
}

function started(command: readonly string[], onLine: (line: string) => void): ChildProcess {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', onLine)
  onTestFinished(() => {
    const isOver = child.exitCode !== null || child.signalCode !== null
    if (child.pid !== undefined && !isOver) process.kill(-child.pid, 'SIGKILL')
  })
  return child
}

/** Starts a server on this port and this data, and resolves when it serves. */
function serve(port: number, data: string): Promise<ChildProcess> {
  const args = ['serve', '--port', String(port), '--data', data, '--drain', '1', '--log', 'error']
  return new Promise((resolve) => {
    const child = started([...dovetailCommand(), ...args], (line) => {
      if (line.includes('ready at')) resolve(child)
    })
  })
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const end = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  if (child.pid !== undefined) process.kill(-child.pid, signal)
  await end
}

test.each(Object.entries(clients))(
  '%s has every record once and in order, over a crash and a restart',
  async (_name, { file, command }) => {
    expect((await readFile(join(examples, file), 'utf8')).split('\n').length).toBeLessThan(120)
    const data = await mkdtemp(join(tmpdir(), 'dovetail-examples-data-'))
    onTestFinished(() => rm(data, { recursive: true, force: true }))
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    let server = await serve(port, data)
    const { token } = (await (await fetch(`${url}/v1/guests`, { method: 'POST' })).json()) as { token: string }
    const write = async (text: string): Promise<void> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ text })
      const { status } = await fetch(`${url}/v1/channels/chat:a/messages`, { method: 'POST', headers, body })
      expect(status).toBe(201)
    }
    await write('1')
    const seen: string[] = []
    started([...command(), url, 'chat:a'], (line) =>
      seen.push((JSON.parse(line) as { data: { text: string } }).data.text),
    )
    await expect.poll(() => seen).toEqual(['1'])
    await write('2')
    await expect.poll(() => seen).toEqual(['1', '2'])
    for (const [signal, text] of [
      ['SIGKILL', '3'],
      ['SIGTERM', '4'],
    ] as const) {
      await ended(server, signal)
      server = await serve(port, data)
      await write(text)
      await expect.poll(() => seen.at(-1), { timeout: 45_000 }).toBe(text)
    }
    expect(seen).toEqual(['1', '2', '3', '4'])
  },
  180_000,
)
