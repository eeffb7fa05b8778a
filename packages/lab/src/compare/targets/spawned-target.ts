import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { highCommandLimits } from '../../processes/high-command-limits.ts'
import { ServerProcess } from '../../processes/server-process.ts'
import { serviceToken } from '../../processes/service-token.ts'
import { parseEndpoint } from '../../traffic/endpoint.ts'
import type { Target } from './target.ts'

export interface SpawnedTarget extends Target {
  readonly pid: number
}

export interface SpawnOptions {
  /** The file that is the `dovetail` command. */
  readonly dovetail: string
  readonly nodeArgs?: readonly string[]
  /** Further options of `dovetail serve`. */
  readonly args?: readonly string[]
}

/** `dovetail serve` as it is shipped, in a process and a temporary folder of its own: SQLite, every commit flushed. */
export async function spawnTarget({ dovetail, nodeArgs = [], args = [] }: SpawnOptions): Promise<SpawnedTarget> {
  const data = await mkdtemp(join(tmpdir(), 'dovetail-compare-'))
  // However this process ends; the server ends with it.
  const cleanUp = (): void => rmSync(data, { recursive: true, force: true })
  process.once('exit', cleanUp)
  const secret = randomBytes(32).toString('base64url')
  const server = await ServerProcess.start({
    command: [dovetail, 'serve', '--port', '0', '--data', data, '--log', 'error', ...highCommandLimits, ...args],
    nodeArgs,
    env: { DOVETAIL_SECRET: secret },
    core: null,
  })
  const url = `http://127.0.0.1:${server.port}`
  return {
    url,
    endpoint: parseEndpoint(new URL(url)),
    token: serviceToken(secret),
    pid: server.pid,
    usage: async () => {
      const { cpu, rss, heap, external = 0 } = await server.usage()
      return { cpuSeconds: cpu / 1e6, memoryBytes: rss, objectBytes: heap + external }
    },
    collect: () => server.collect(),
    stop: async () => {
      await server.stop()
      process.off('exit', cleanUp)
      await rm(data, { recursive: true, force: true })
    },
  }
}
