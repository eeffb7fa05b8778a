/** Starts the nginx in front of a server for those candidates that are measured behind one. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheSeconds } from '../../candidates/behind-front.ts'
import type { Candidate, FrontName } from '../../candidates/candidate.ts'
import { CompareFailure } from '../../failures/compare-failure.ts'
import { processTreeCpu } from '../../processes/process-tree.ts'
import { type Nginx, startNginx } from '../../services/nginx.ts'
import { runProgram } from '../../services/run-program.ts'
import type { TlsIdentity } from '../../services/tls-identity.ts'
import type { Target } from '../targets/target.ts'

export interface Fronts {
  /** What a candidate asks: its front, whose use is that of nginx and of the server; without one, the server. */
  targetOf(candidate: Candidate): Target
  stop(): Promise<void>
}

/** @throws CompareFailure where nginx, or openssl for its certificate, is not there */
export async function startFronts(target: Target, candidates: readonly Candidate[]): Promise<Fronts> {
  const names = new Set(candidates.flatMap(({ front }) => (front === undefined ? [] : [front])))
  const started = new Map<FrontName, { readonly nginx: Nginx; readonly target: Target }>()
  const stop = async (): Promise<void> => {
    await Promise.all([...started.values()].map(({ nginx }) => nginx.stop()))
  }
  try {
    for (const name of names) started.set(name, await startFront(name, target))
  } catch (error) {
    await stop()
    const why = error instanceof Error ? error.message : String(error)
    throw new CompareFailure(`--front ${[...names].join(', ')} needs nginx and openssl: ${why}`, { cause: error })
  }
  return {
    targetOf: ({ front }) => (front === undefined ? target : (started.get(front)?.target ?? target)),
    stop,
  }
}

async function startFront(name: FrontName, target: Target): Promise<{ nginx: Nginx; target: Target }> {
  const { endpoint } = target
  const tls = name === 'tls' ? await selfSigned() : null
  const nginx = await startNginx({
    ports: [endpoint.port],
    ...(tls === null ? {} : { tls }),
    ...(name === 'cache' ? { cacheSeconds } : {}),
  })
  const authority = `127.0.0.1:${nginx.port}`
  const front = { authority, host: '127.0.0.1', port: nginx.port, isSecure: tls !== null }
  return {
    nginx,
    target: {
      ...target,
      endpoint: tls === null ? front : { ...front, ca: tls.cert },
      usage: async () => {
        const usage = await target.usage()
        if (usage === null) return null
        return { ...usage, cpuSeconds: usage.cpuSeconds + processTreeCpu(nginx.pid) / 1e6 }
      },
    },
  }
}

/** A certificate for this machine only, made by nobody but itself. */
async function selfSigned(): Promise<TlsIdentity> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-compare-tls-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    await runProgram('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], null)
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
