/** Each client of examples/ passes every case of `dovetail conformance`, in fewer than 120 lines of code a file. */
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CaseResult, caseNames, runConformance } from 'dovetail-lab/conformance'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dovetailCommand } from '../support/servers/dovetail-command.ts'

const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
/** Downloads and compilers on a slow machine. */
const buildMs = 1_200_000
const casesMs = 600_000
let tools = ''

beforeAll(async () => {
  tools = await mkdtemp(join(tmpdir(), 'dovetail-examples-'))
})
afterAll(() => rm(tools, { recursive: true, force: true }))

interface Client {
  /** The folder of its sources. */
  readonly folder: string
  /** Makes in `folder` what it needs to run, and returns its command. */
  readonly build: (folder: string) => string
}

const run = (cwd: string, command: string, ...args: string[]): void =>
  void execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })

const clients: Readonly<Record<string, Client>> = {
  'Python, websockets': {
    folder: 'python',
    build: (folder) => {
      run(folder, 'python3', '-m', 'venv', 'venv')
      run(folder, 'venv/bin/pip', 'install', '--quiet', 'websockets==15.0.1')
      return `${folder}/venv/bin/python ${folder}/follow.py`
    },
  },
  'Go, coder/websocket': {
    folder: 'go',
    build: (folder) => {
      run(folder, 'go', 'build', '-o', 'follow')
      return `${folder}/follow`
    },
  },
  'Rust, tokio-tungstenite': {
    folder: 'rust',
    build: (folder) => {
      run(folder, 'cargo', 'build', '--quiet')
      return `${folder}/target/debug/follow`
    },
  },
  'Java, the JDK': {
    folder: 'java',
    build: (folder) => {
      run(folder, 'javac', '-d', '.', 'Follow.java', 'Gatherer.java', 'Json.java')
      return `java -cp ${folder} Follow`
    },
  },
  'bash, curl and jq': { folder: 'bash', build: (folder) => `bash ${folder}/follow.sh` },
}

/** Neither empty nor a comment. */
const isCode = (line: string): boolean => !/^\s*((\/\/|#|\/?\*).*)?$/.test(line)

test.each(Object.entries(clients))(
  '%s passes every case',
  async (_name, { folder, build }) => {
    const made = join(tools, folder)
    await cp(join(examples, folder), made, { recursive: true })
    for (const name of await readdir(made, { recursive: true })) {
      if (!/\.(py|sh|go|java|rs)$/.test(name)) continue
      const lines = (await readFile(join(made, name), 'utf8')).split('\n')
      expect(lines.filter(isCode).length, name).toBeLessThan(120)
    }
    const results = await runConformance({
      client: build(made),
      dovetail: dovetailCommand(),
      patienceMs: 120_000,
      atOnce: 4,
      cases: caseNames,
      onResult: () => {},
    })
    const faults = (some: readonly Pick<CaseResult, 'name' | 'fault'>[]) => some.map(({ name, fault }) => [name, fault])
    expect(faults(results)).toEqual(faults(caseNames.map((name) => ({ name, fault: null }))))
  },
  buildMs + casesMs,
)
