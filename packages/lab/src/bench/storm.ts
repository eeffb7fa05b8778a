/** Everybody comes back at once, as after a restart: how long until all of them have what they missed. */
import type { BenchSettings } from './bench-settings.ts'
import { comeBack } from './come-back.ts'
import { benchChannel, type Contender, manyCommands, startDovetail } from './contender.ts'
import { cursorOf } from './dovetail-readers.ts'
import { fill } from './filled-channel.ts'
import { warmUp } from './pour.ts'
import type { Row } from './report.ts'

const readers = 2000
const missed = 100
const title = `${readers} readers back at once, ${missed} missed each`
/** The most that is allowed, in seconds. */
const allowedSeconds = 2
const allowedCpu = 1

export async function storm(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const contender = await startDovetail(settings, { args: manyCommands })
  try {
    await warmUp(contender)
    const cursor = await cursorOf(contender.server.port, benchChannel)
    await fill(contender, benchChannel, missed)
    const cold = await returned(contender, cursor)
    tell(`first time: ${lineOf(cold)}`)
    const warm = await returned(contender, cursor)
    tell(`again: ${lineOf(warm)}`)
    return [
      {
        title: `${title}: all caught up`,
        value: warm.seconds,
        unit: 's',
        limit: allowedSeconds,
        detail: `${warm.faults} lost or repeated; just after the start: ${lineOf(cold)}`,
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
    await contender.stop()
  }
}

interface Return {
  readonly seconds: number
  readonly cpu: number
  readonly faults: number
}

function lineOf({ seconds, cpu, faults }: Return): string {
  return `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of the server's CPU, ${faults} lost or repeated`
}

async function returned({ server, path }: Contender, cursor: string): Promise<Return> {
  await server.collect()
  const before = await server.usage()
  const back = { port: server.port, path, readers, missed, cursor }
  const { seconds, faults, seen } = await comeBack(back, () => server.usage())
  return { seconds, cpu: (seen.cpu - before.cpu) / 1e6, faults }
}
