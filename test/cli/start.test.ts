/** `npm start` where nothing was ever installed: a copy of this checkout without what git ignores. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const left = new Set(['node_modules', 'dist', 'data', 'artifacts', 'coverage', '.git'])

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dovetail-start-'))
  const filter = (path: string) => !left.has(basename(path)) && !basename(path).startsWith('.dovetail-')
  await cp(root, join(folder, 'checkout'), { recursive: true, filter })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Started {
  readonly child: ChildProcess
  readonly url: string
  readonly seconds: number
  readonly steps: string
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** `npm start` as a shell would run it: a process group of its own, which a terminal's Ctrl-C reaches as a whole. */
function npmStart(): Promise<Started> {
  const began = performance.now()
  const args = ['start', '--', '--port', '0', '--data', join(folder, 'data'), '--log', 'warn']
  const child = spawn('npm', args, { cwd: join(folder, 'checkout'), env: bareEnv(), detached: true })
  onTestFinished(() => {
    if (groupLives(child)) process.kill(-(child.pid ?? 0), 'SIGKILL')
  })
  let stdout = ''
  let stderr = ''
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk)
      const url = /ready at (http:\/\/\S+)/.exec(stdout)?.[1]
      if (url !== undefined) resolve({ child, url, seconds: (performance.now() - began) / 1000, steps: stderr, ended })
    })
    void ended.then(() => reject(new Error(`npm start ended before it was ready:\n${stdout}${stderr}`)))
  })
}

/** Without what the npm that runs these tests, and vitest, put there. */
function bareEnv(): NodeJS.ProcessEnv {
  const mine = /^(npm_|NODE_|VITEST|DOVETAIL_|INIT_CWD$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !mine.test(name)))
}

/** Signal 0 asks whether anyone of the group is left. */
function groupLives(child: ChildProcess): boolean {
  try {
    process.kill(-(child.pid ?? 0), 0)
    return true
  } catch {
    return false
  }
}

const minutes = 60_000

test(
  'npm start installs and builds the first time, says so, and is ready within a minute',
  async () => {
    const { child, url, seconds, steps, ended } = await npmStart()
    expect(steps).toMatch(/✓ installing packages .*\(\d+\.\d s\)/)
    expect(steps).toMatch(/✓ building packages\/web \(\d+\.\d s\)/)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const page = await fetch(url)
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(seconds).toBeLessThan(60)
    child.kill('SIGTERM')
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(groupLives(child)).toBe(false)
  },
  3 * minutes,
)

test(
  'the second time nothing is left to do, and a Ctrl-C ends it cleanly',
  async () => {
    const { child, seconds, steps, ended } = await npmStart()
    expect(steps).toBe('')
    // 3 s is the aim on a machine of its own; the other tests run beside this one.
    expect(seconds).toBeLessThan(10)
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(groupLives(child)).toBe(false)
  },
  minutes,
)
