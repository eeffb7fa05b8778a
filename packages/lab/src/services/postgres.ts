import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from './free-port.ts'
import { postgresIdentity, postgresPrograms } from './postgres-programs.ts'
import { type Identity, runProgram } from './run-program.ts'
import type { TlsIdentity } from './tls-identity.ts'

export interface PostgresOptions {
  /** The folder to keep the data in, made where there is none; absent: a temporary one, which `stop` takes away. */
  readonly folder?: string
  /** `false` leaves flushing to the system: for data that nobody minds losing. */
  readonly fsync?: boolean
  /** Settings as in `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Whoever comes over TLS is taken too. */
  readonly tls?: TlsIdentity
}

/** A PostgreSQL server of our own, on a free port. */
export interface Postgres {
  /** The address of a database that exists, and is empty at first. */
  readonly url: string
  readonly port: number
  /** The process id of the first process; `null` while none runs. */
  readonly pid: number | null
  /** Runs statements and gives what they return: a line per row, columns parted by `|`. */
  psql(sql: string, database?: string): Promise<string>
  /** Makes an empty database and gives its URL. */
  createDatabase(name: string): Promise<string>
  /** Copies the first database into a file, as `pg_dump` does, while others use it. */
  dump(file: string): Promise<void>
  /** Replaces the schemas that the file has. */
  restore(file: string): Promise<void>
  /** Ends every process of it at once, as a crash does. */
  kill(): Promise<void>
  /** Starts it again on its port and its data, ended or not. */
  restart(): Promise<void>
  /** Ends it in good order. A temporary folder goes with it. */
  stop(): Promise<void>
}

const user = 'dovetail'
const startMs = 60_000

export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const identity = postgresIdentity()
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'dovetail-postgres-')))
  await mkdir(folder, { recursive: true })
  if (identity !== null) await chown(folder, identity.uid, identity.gid)
  const location = { folder, identity, programs: postgresPrograms(), port: await freePort() }
  await makeData(location)
  if (options.tls !== undefined) await writeTls(location, options.tls)
  const server = new PostgresServer(location, options)
  await server.restart()
  return server
}

interface DataLocation {
  readonly folder: string
  readonly identity: Identity | null
  readonly programs: string
  readonly port: number
}

async function makeData({ folder, identity, programs }: DataLocation): Promise<void> {
  const data = join(folder, 'data')
  const there = await runProgram(join(programs, 'pg_controldata'), ['-D', data], identity).catch(() => null)
  if (there !== null) return
  const args = ['-D', data, '-U', user, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  await runProgram(join(programs, 'initdb'), args, identity)
}

/** Under the names that it looks for. */
async function writeTls({ folder, identity }: DataLocation, { cert, key }: TlsIdentity): Promise<void> {
  for (const [name, text] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
    const path = join(folder, 'data', name)
    await writeFile(path, text, { mode: 0o600 })
    if (identity !== null) await chown(path, identity.uid, identity.gid)
  }
}

class PostgresServer implements Postgres {
  readonly url: string
  readonly port: number
  readonly #location: DataLocation
  readonly #options: PostgresOptions
  #child: ChildProcess | null = null

  constructor(location: DataLocation, options: PostgresOptions) {
    this.#location = location
    this.#options = options
    this.port = location.port
    this.url = this.#urlOf('postgres')
  }

  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  async psql(sql: string, database = 'postgres'): Promise<string> {
    const { programs } = this.#location
    const args = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', this.#urlOf(database), '-c', sql]
    return (await runProgram(join(programs, 'psql'), args, null)).trimEnd()
  }

  async createDatabase(name: string): Promise<string> {
    await this.psql(`CREATE DATABASE ${name}`)
    return this.#urlOf(name)
  }

  async dump(file: string): Promise<void> {
    await runProgram(join(this.#location.programs, 'pg_dump'), ['-Fc', '-f', file, this.url], null)
  }

  async restore(file: string): Promise<void> {
    const args = ['--clean', '--if-exists', '--single-transaction', '-d', this.url, file]
    await runProgram(join(this.#location.programs, 'pg_restore'), args, null)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child?.pid === undefined) return
    const others = childrenOf(child.pid)
    const gone = exitOf(child)
    child.kill('SIGKILL')
    for (const pid of others) killNow(pid)
    await gone
    this.#child = null
  }

  async restart(): Promise<void> {
    await this.#end()
    const end = Date.now() + startMs
    for (;;) {
      const child = this.#spawn()
      const complaint = await readyOf(child)
      if (complaint === null) {
        this.#child = child
        return
      }
      // What a killed server's last processes hold of its memory is let go of a moment later.
      if (!/shared memory block|lock file/.test(complaint) || Date.now() > end) throw new Error(complaint)
    }
  }

  async stop(): Promise<void> {
    await this.#end()
    if (this.#options.folder === undefined) await rm(this.#location.folder, { recursive: true, force: true })
  }

  /** Lets nobody finish but loses nothing: PostgreSQL's "fast" shutdown. */
  async #end(): Promise<void> {
    const child = this.#child
    if (child === null) return
    const gone = exitOf(child)
    child.kill('SIGINT')
    await gone
    this.#child = null
  }

  #spawn(): ChildProcess {
    const { folder, identity, programs, port } = this.#location
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: folder,
      fsync: this.#options.fsync === false ? 'off' : 'on',
      ssl: this.#options.tls === undefined ? 'off' : 'on',
      ...this.#options.settings,
      // Its log says when it is ready.
      lc_messages: 'C',
      logging_collector: 'off',
    }
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(join(programs, 'postgres'), ['-D', join(folder, 'data'), '-p', String(port), ...args], {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C in a terminal goes to the whole group: who started it decides when it ends.
      detached: true,
    })
    const abandon = (): void => void child.kill('SIGQUIT')
    process.once('exit', abandon)
    child.once('exit', () => process.off('exit', abandon))
    return child
  }

  #urlOf(database: string): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`
  }
}

/** `null` once it takes connections; what it complained of where it ended instead, or was ended for its silence. */
function readyOf(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    const late = setTimeout(() => child.kill('SIGQUIT'), startMs)
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(late)
      resolve(said.join('\n'))
    })
    if (child.stderr === null) return reject(new Error('nothing to read its words from'))
    // Read on after that too: a server whose words nobody reads stands still in the end.
    createInterface(child.stderr).on('line', (line) => {
      if (said.length < 100) said.push(line)
      if (!/ready to accept (read.only )?connections/.test(line)) return
      clearTimeout(late)
      resolve(null)
    })
  })
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })
}

function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return children.split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself, its server being gone.
  }
}
