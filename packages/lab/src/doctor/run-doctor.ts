/** Examines a deployment from outside: what stands between a client and the server that spoils a transport? */
import { randomBytes } from 'node:crypto'
import { DoctorFailure } from '../failures/doctor-failure.ts'
import { type Finding, faults } from './finding.ts'
import { ask, type Patient, type Reply, write } from './patient.ts'
import { probeCache } from './probes/cache.ts'
import { probeLongPoll } from './probes/long-poll.ts'
import { probeSocket } from './probes/socket.ts'
import { probeStream } from './probes/stream.ts'
import { type ProxyKind, proxyKindOf } from './proxy-kind.ts'

export interface DoctorOptions {
  /** Without a slash at its end. */
  readonly url: string
  /** Absent: a guest's is asked for. */
  readonly token?: string
  /** With a collection "messages" whose records have a text. Absent: a new one of `chat`. */
  readonly channel?: string
  /** How long connections are watched, and the longest long-poll that is tried. */
  readonly watchSeconds: number
}

export interface DoctorResult {
  readonly url: string
  readonly channel: string
  /** The proxy, where it names itself. */
  readonly proxy: ProxyKind | null
  /** One for each fault at most, in the order of `faults`. */
  readonly findings: readonly Finding[]
  /** What could not be examined, and why. */
  readonly unknown: readonly string[]
}

const probes = {
  'the WebSocket': probeSocket,
  'the event stream': probeStream,
  'the long-poll': probeLongPoll,
  caching: probeCache,
}

/** @throws DoctorFailure where no Dovetail server answers, or the channel can't be written */
export async function runDoctor(options: DoctorOptions): Promise<DoctorResult> {
  const { patient, proxy } = await admit(options)
  const found: Finding[] = []
  const unknown: string[] = []
  await Promise.all(
    Object.entries(probes).map(async ([name, probe]) => {
      try {
        found.push(...(await probe(patient)))
      } catch (error) {
        unknown.push(`${name}: ${error instanceof Error ? error.message : error}`)
      }
    }),
  )
  const findings = faults.flatMap((fault) => found.find((finding) => finding.fault === fault) ?? [])
  return { url: patient.url, channel: patient.channel, proxy, findings, unknown }
}

interface Limits {
  readonly commentSeconds: number
  readonly pingSeconds: number
  readonly waitSecondsMax: number
}

async function admit({ url, token, channel, watchSeconds }: DoctorOptions) {
  const reply = await ask(`${url}/v1/limits`).catch((cause: unknown) => {
    throw new DoctorFailure(`no answer from ${url}`, { cause })
  })
  const limits = limitsOf(reply)
  if (limits === null) throw new DoctorFailure(`${url}/v1/limits is no answer of Dovetail (status ${reply.status})`)
  const patient: Patient = {
    url,
    token: token ?? (await guestToken(url)),
    channel: channel ?? `chat:doctor-${randomBytes(6).toString('hex')}`,
    commentMs: limits.commentSeconds * 1000,
    pingMs: limits.pingSeconds * 1000,
    watchMs: Math.min(watchSeconds, limits.waitSecondsMax) * 1000,
  }
  // A stream of a channel that nobody has written to begins without an event.
  await write(patient).catch((cause: Error) => {
    throw new DoctorFailure(`${patient.channel}: ${cause.message}`, { cause })
  })
  return { patient, proxy: proxyKindOf(reply.headers) }
}

function limitsOf({ status, text }: Reply): Limits | null {
  try {
    const limits = JSON.parse(text) as Limits
    return status === 200 && limits.commentSeconds > 0 && limits.waitSecondsMax > 0 ? limits : null
  } catch {
    return null
  }
}

async function guestToken(url: string): Promise<string> {
  const { status, text } = await ask(`${url}/v1/guests`, { method: 'POST', body: {} })
  if (status !== 201)
    throw new DoctorFailure(`without --token one writes as a guest, and that was answered with ${status}`)
  return (JSON.parse(text) as { token: string }).token
}
