/** Bun's own publish/subscribe server, by the binary that npm carries: one core, nothing is stored. */
import { ForeignProcess } from '../../processes/foreign-process.ts'
import { npmProgram } from '../../processes/npm-program.ts'
import { siblingScript } from '../../processes/server-process.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { type BenchCandidate, plainBody, plainEndpoint } from './candidate.ts'

const version = '1.4.5'

/** The build for processors without AVX2 runs everywhere. */
const binaries: Readonly<Record<string, string>> = {
  'linux x64': '@oven/bun-linux-x64-baseline',
  'linux arm64': '@oven/bun-linux-aarch64',
  'darwin x64': '@oven/bun-darwin-x64-baseline',
  'darwin arm64': '@oven/bun-darwin-aarch64',
}

/** @throws Error where npm has no Bun for this system, or cannot fetch it */
export async function findBun(): Promise<string> {
  const binary = binaries[`${process.platform} ${process.arch}`]
  if (binary === undefined) throw new Error(`npm has no Bun for ${process.platform} ${process.arch}`)
  return await npmProgram({ packages: [`bun@${version}`, `${binary}@${version}`], file: `${binary}/bin/bun` })
}

export async function startBun(settings: BenchSettings, file: string): Promise<BenchCandidate> {
  const script = siblingScript(import.meta.url, 'bun-publish-server')
  const server = await ForeignProcess.start({
    command: (port) => [file, script, String(port)],
    core: settings.serverCore,
  })
  return {
    name: 'bun',
    server,
    path: '/',
    ...plainEndpoint(server.port),
    greeting: [],
    body: plainBody,
    status: 201,
    stop: () => server.stop(),
  }
}
