import { CompareFailure } from '../../failures/compare-failure.ts'
import { describeUntrustedCertificate } from '../../traffic/connection-error.ts'
import { parseEndpoint } from '../../traffic/endpoint.ts'
import type { ServerUsage, Target } from './target.ts'

/**
 * A server that runs already, and goes on running. What it uses stands in its `/metrics`.
 * @throws CompareFailure where nobody is there, or nobody may write
 */
export async function runningTarget(url: string, token: string | undefined): Promise<Target> {
  const health = await fetch(`${url}/healthz`).catch((error: unknown) => {
    const words = describeUntrustedCertificate(error)
    if (words !== null) throw new CompareFailure(`${url}: ${words}`, { cause: error })
    return null
  })
  if (health?.ok !== true) throw new CompareFailure(`no server answers at ${url}`)
  return {
    url,
    endpoint: parseEndpoint(new URL(url)),
    token: token ?? (await guestToken(url)),
    usage: () => usageOf(url),
    collect: async () => {},
    stop: async () => {},
  }
}

async function guestToken(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/guests`, { method: 'POST' })
  const reply = (await answer.json().catch(() => ({}))) as { token?: string }
  if (reply.token !== undefined) return reply.token
  throw new CompareFailure(`${url} admits no guests (${answer.status}); say who writes with --token`)
}

async function usageOf(url: string): Promise<ServerUsage | null> {
  const answer = await fetch(`${url}/metrics`).catch(() => null)
  if (answer?.ok !== true) return null
  const text = await answer.text()
  const cpuSeconds = metricOf(text, 'process_cpu_seconds_total')
  const memoryBytes = metricOf(text, 'process_resident_memory_bytes')
  return cpuSeconds === null || memoryBytes === null ? null : { cpuSeconds, memoryBytes, objectBytes: null }
}

function metricOf(text: string, name: string): number | null {
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
  return found === undefined ? null : Number(found)
}
