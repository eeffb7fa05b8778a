/** Everybody comes back at once, as after a restart: how long until all of them have what they missed. */
import { performance } from 'node:perf_hooks'
import { DeliveryLog } from '../load/delivery-log.ts'
import { eachIndex } from '../load/payload.ts'
import { openCrowd, openSocket } from '../load/reader-crowd.ts'
import type { BenchSettings } from './bench-settings.ts'
import { benchChannel, type Contender, manyCommands, startDovetail } from './contender.ts'
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
    const cursor = await cursorOf(contender)
    await fill(contender, benchChannel, missed)
    const cold = await comeBack(contender, cursor)
    tell(`first time: ${lineOf(cold)}`)
    const warm = await comeBack(contender, cursor)
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

/** Where the channel stands now, as a reader would have kept it. */
async function cursorOf({ server, post }: Contender): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${server.port}${post.path}?limit=1`)
  return ((await response.json()) as { cursor: string }).cursor
}

async function comeBack({ server, path }: Contender, cursor: string): Promise<Return> {
  const log = new DeliveryLog({ readers, messages: missed })
  const hello = JSON.stringify({ id: 1, op: 'hello' })
  const subscribe = JSON.stringify({ id: 2, op: 'subscribe', channel: benchChannel, after: cursor })
  await server.collect()
  const before = await server.usage()
  const began = performance.now()
  const crowd = await openCrowd({
    count: readers,
    atATime: readers,
    open: (reader) =>
      openSocket({
        port: server.port,
        path,
        greeting: [hello, subscribe],
        onText: (bytes, start, end) => eachIndex(bytes, start, end, (index) => log.note(reader, index)),
      }),
  })
  await log.complete
  const seconds = (performance.now() - began) / 1000
  const { cpu } = await server.usage()
  crowd.close()
  const { lost, repeated } = log.result()
  return { seconds, cpu: (cpu - before.cpu) / 1e6, faults: lost + repeated }
}
