/** Measures a reconnect storm, as after a restart: the time until all readers have the missed messages. */

import { highCommandLimits } from '../../processes/high-command-limits.ts'
import { type BenchCandidate, benchChannel, startDovetail } from '../candidates/candidate.ts'
import { readCursor } from '../candidates/dovetail-readers.ts'
import { fillChannel } from '../drivers/fill-channel.ts'
import { warmUp } from '../drivers/firehose.ts'
import { reconnectReaders } from '../drivers/reconnect-readers.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const readers = 2000
const missed = 100
const title = `${readers} readers back at once, ${missed} missed each`
/** The most that is allowed, in seconds. */
const allowedSeconds = 2
const allowedCpu = 1

export async function reconnectStorm(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const candidate = await startDovetail(settings, { args: highCommandLimits })
  try {
    await warmUp(candidate)
    const cursor = await readCursor(candidate.server.port, benchChannel)
    await fillChannel(candidate, benchChannel, missed)
    const cold = await measureReconnect(candidate, cursor)
    report(`first time: ${formatResult(cold)}`)
    const warm = await measureReconnect(candidate, cursor)
    report(`again: ${formatResult(warm)}`)
    return [
      {
        title: `${title}: all caught up`,
        value: warm.seconds,
        unit: 's',
        limit: allowedSeconds,
        detail: `${warm.faults} lost or repeated; just after the start: ${formatResult(cold)}`,
      },
      {
        title: `${title}: CPU of the server`,
        value: warm.cpu,
        unit: 's',
        limit: allowedCpu,
        detail: `${((warm.cpu / readers) * 1e6).toFixed(0)} µs a reader`,
      },
    ]
  } finally {
    await candidate.stop()
  }
}

interface ReconnectResult {
  readonly seconds: number
  readonly cpu: number
  readonly faults: number
}

function formatResult({ seconds, cpu, faults }: ReconnectResult): string {
  return `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of the server's CPU, ${faults} lost or repeated`
}

async function measureReconnect({ server, path }: BenchCandidate, cursor: string): Promise<ReconnectResult> {
  await server.collect()
  const before = await server.usage()
  const back = { port: server.port, path, readers, missed, cursor }
  const { seconds, faults, probed } = await reconnectReaders(back, () => server.usage())
  return { seconds, cpu: (probed.cpu - before.cpu) / 1e6, faults }
}
