/**
 * Every snippet of the README and docs/ runs, as a reader would run it, against a server of its own. A fence's info
 * string says so: `sh run`, `js run`, `ts run`, and `expects=WORD` for what it must print.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { dovetailCommand } from './support/servers/dovetail-command.ts'
import { spawnServer } from './support/servers/spawn-server.ts'
import { testSecret } from './support/servers/token-for.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Page and first line of a snippet that is not run → why. */
const notRun: Readonly<Record<string, string>> = {
  'README.md: npm start': 'serves until it is stopped; test/cli/start.test.ts runs it in a clone',
  'README.md: npm test            # installs what the tests need, checks, runs everything': 'is what runs this test',
  "docs/client-authors.md: npx dovetail-cli conformance --client 'node follow.mjs'":
    'drives a client for minutes; test/cli/conformance.test.ts runs it',
  'docs/install.md: npm create dovetail my-app': 'npm run outside -- templates does it with the tarballs',
  'docs/install.md: npm install dovetail-client                # pages and programs that read and write':
    'npm run release does it with the tarballs',
  "docs/operating.md: import { defineConfig } from 'dovetail-server'": 'a file, served by test/cli/config-file.test.ts',
  'docs/operating.md: // A private namespace.': 'a file, served by test/cli/config-file.test.ts',
  'docs/operating.md: npm install @opentelemetry/api@1.9 @opentelemetry/sdk-trace@2 @opentelemetry/resources@2 @opentelemetry/exporter-trace-otlp-http@0.223':
    'serves until it is stopped; test/tracing/otlp.test.ts sends traces to a collector',
  "docs/schema.md: import { defineConfig } from 'dovetail-server'": 'a file, served by test/cli/schema.test.ts',
  'docs/schema.md: dovetail schema check --config dovetail.config.ts': 'run by test/cli/schema.test.ts',
  'docs/schema.md: dovetail schema apply --config dovetail.config.ts': 'run by test/cli/schema.test.ts',
  'docs/schema.md: dovetail schema apply --running --url http://127.0.0.1:4600 --token-file admin.token':
    'run by test/cli/schema.test.ts',
  'docs/webhooks.md: // dovetail.config.ts, with webhooks': 'a file, served by test/webhooks/configured.test.ts',
  'docs/webhooks.md: dovetail webhooks list                 # how each one is':
    'run by test/webhooks/configured.test.ts',
  'docs/terminal.md: source <(npx dovetail-cli completion bash)': 'test/cli/help.test.ts completes by the script',
}

interface Snippet {
  readonly page: string
  readonly language: 'sh' | 'js' | 'ts'
  readonly run: boolean
  readonly expects: string | null
  readonly text: string
}

const pages = [
  'README.md',
  ...(await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
]
const snippets = (await Promise.all(pages.map(snippetsOf))).flat()

async function snippetsOf(page: string): Promise<Snippet[]> {
  const text = await readFile(join(root, page), 'utf8')
  return [...text.matchAll(/^```(sh|js|ts)\b([^\n]*)\n([\s\S]*?)^```$/gm)].map(
    ([, language, info = '', body = '']) => ({
      page,
      language: language as Snippet['language'],
      run: /\brun\b/.test(info),
      expects: /\bexpects=(\S+)/.exec(info)?.[1] ?? null,
      text: body,
    }),
  )
}

test('every snippet is run, or has a reason not to be', () => {
  const left = snippets.filter(({ run }) => !run).map(({ page, text }) => `${page}: ${text.split('\n')[0]}`)
  expect(left.sort()).toEqual(Object.keys(notRun).sort())
})

const pagesWithSnippets = pages.filter((page) => snippets.some((snippet) => snippet.page === page && snippet.run))

// Each snippet starts a process or several.
test.each(pagesWithSnippets)('the snippets of %s run, in their order', { timeout: 300_000 }, async (page) => {
  const { server, data } = await spawnServer()
  const surroundings = await surround(server.port, data)
  for (const snippet of snippets.filter((snippet) => snippet.page === page && snippet.run)) {
    const { code, output } = await runSnippet(snippet, surroundings)
    expect(code, `${snippet.text}\n${output}`).toBe(0)
    expect(output).toContain(snippet.expects ?? '')
  }
})

test('the compiler accepts each snippet in TypeScript', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(root, '.dovetail-snippets-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [i, { language, page, text }] of snippets.entries()) {
    // The name tells the page in the compiler's complaint.
    if (language === 'ts') await writeFile(join(folder, `${page.replaceAll('/', '-')}-${i}.mts`), text)
  }
  await writeFile(
    join(folder, 'tsconfig.json'),
    '{ "extends": "../tsconfig.json", "include": ["*.mts"], "exclude": [] }',
  )
  const { code, output } = await ended(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'],
    folder,
    process.env,
  )
  expect(output).toBe('')
  expect(code).toBe(0)
})

interface Surroundings {
  readonly folder: string
  readonly port: number
  readonly env: NodeJS.ProcessEnv
}

/** A folder inside the checkout, where packages resolve, and an `npx` that runs the command from its sources. */
async function surround(port: number, data: string): Promise<Surroundings> {
  const folder = await mkdtemp(join(root, '.dovetail-snippets-'))
  const bin = await mkdtemp(join(tmpdir(), 'dovetail-bin-'))
  onTestFinished(async () => {
    await rm(folder, { recursive: true, force: true })
    await rm(bin, { recursive: true, force: true })
  })
  const run = `exec ${dovetailCommand()
    .map((word) => `"${word}"`)
    .join(' ')} "$@"`
  await writeFile(join(bin, 'npx'), `#!/bin/sh\n[ "$1" = dovetail-cli ] || exit 64\nshift\n${run}\n`, { mode: 0o755 })
  // Node 20 has no WebSocket of its own; browsers and newer ones have the one that the snippet means.
  await writeFile(
    join(folder, 'web-socket.mjs'),
    "import { WebSocket } from 'ws'\nglobalThis.WebSocket ??= WebSocket\n",
  )
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, DOVETAIL_DATA: data, DOVETAIL_SECRET: testSecret }
  return { folder, port, env }
}

async function runSnippet({ language, text }: Snippet, { folder, port, env }: Surroundings) {
  const source = text.replaceAll('localhost:4600', `127.0.0.1:${port}`)
  if (language === 'sh') return ended('bash', ['-euo', 'pipefail', '-c', source], folder, env)
  const file = join(folder, `snippet.${language === 'ts' ? 'mts' : 'mjs'}`)
  await writeFile(file, source)
  const flags = ['--import', 'tsx', '--conditions=dovetail-source', '--import', './web-socket.mjs']
  return ended(process.execPath, [...flags, file], folder, env)
}

function ended(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk)
      })
    }
    child.on('close', (code) => resolve({ code, output }))
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
  })
}
