/**
 * Writes the data that the tests of upgrades begin with, by a build of an earlier version: see data/README.md.
 *
 *     npx tsx --conditions=dovetail-source test/upgrade/make-data.ts FOLDER-OF-THE-BUILD ITS-COMMIT
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { startPostgres } from 'dovetail-lab/services'
import { createRest } from '../support/clients/rest.ts'
import { testSecret, tokenFor } from '../support/servers/token-for.ts'
import { readServed, type Served, writeHistory } from './history.ts'

const [build = '', commit = ''] = process.argv.slice(2)
const target = fileURLToPath(new URL(`./data/${commit}/`, import.meta.url))

/** Serves with the build, writes the history, and stops in good order. */
async function write(data: string, args: readonly string[]): Promise<Served> {
  const command = [join(build, 'packages/cli/bin/dovetail.js'), 'serve', '--port', '0', '--data', data, ...args]
  const child = spawn(process.execPath, command, {
    env: { ...process.env, DOVETAIL_SECRET: testSecret },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const rest = createRest({ port: await portOf(child) })
  const as = async (...who: Parameters<typeof tokenFor>) => rest.as(await tokenFor(...who))
  const written = await writeHistory(as)
  const served = { ...written, ...(await readServed(as)) }
  rest.close()
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
  return served
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.stdout?.on('data', (text) => {
      const port = /ready at http:\/\/\S+:(\d+)/.exec(String(text))?.[1]
      if (port !== undefined) resolve(Number(port))
    })
  })
}

async function keep(name: string, content: string | Buffer): Promise<void> {
  await writeFile(join(target, `${name}.gz`), gzipSync(content, { level: 9 }))
}

async function writeSqlite(folder: string): Promise<void> {
  const served = await write(folder, [])
  await keep('sqlite.json', JSON.stringify(served))
  await keep('dovetail.db', await readFile(join(folder, 'dovetail.db')))
  const mark = join(folder, 'dovetail.db-history')
  if (existsSync(mark)) await copyFile(mark, join(target, 'dovetail.db-history'))
}

async function writePostgres(folder: string): Promise<void> {
  const postgres = await startPostgres({ fsync: false })
  try {
    const served = await write(folder, ['--store', postgres.url, '--backbone', 'memory:'])
    await keep('postgres.json', JSON.stringify(served))
    await keep('postgres.sql', dumped(postgres.url))
  } finally {
    await postgres.stop()
  }
}

/** SQL statements that any client may run, without the commands of `psql`. Needs `pg_dump` on the PATH. */
function dumped(url: string): string {
  const text = execFileSync('pg_dump', ['--inserts', '--no-owner', '--no-privileges', url], { encoding: 'utf8' })
  return text.replaceAll(/^(\\|--).*\n|^\n/gm, '')
}

await mkdir(target, { recursive: true })
for (const make of [writeSqlite, writePostgres]) {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-upgrade-'))
  await make(folder)
  await rm(folder, { recursive: true, force: true })
}
