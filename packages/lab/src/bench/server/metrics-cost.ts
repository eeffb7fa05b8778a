/**
 * Measures what metrics and traces add to a delivery, in pairs of rounds: each round measures every server once, and a
 * row is the median of the rounds' ratios. The counters themselves are plain numbers that a build always has; what can be
 * on or off is that somebody reads them. `--before FILE` adds the `dovetail` command of another build, such as the one
 * before a change.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serviceToken } from '../../processes/service-token.ts'
import { type BenchCandidate, benchSecret, startDovetail } from '../candidates/candidate.ts'
import { faultRows, formatCost } from '../drivers/fan-out-rows.ts'
import type { FanOutResult } from '../drivers/firehose.ts'
import { medianRound, runAllRounds, type StartCandidate } from '../drivers/rounds.ts'
import type { Row } from '../report/report.ts'
import { median } from '../report/value-at.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

/** With all metrics, to a server of which nobody asks any. */
const allowedMetrics = 1.02
/** With traces off, to a build that has none. */
const aimOff = 1

/** How often a Prometheus asks that asks often: by default it does so once a minute. */
const scrapeMs = 1000

interface Compared {
  readonly name: string
  readonly start: StartCandidate
  readonly limit: number | null
  readonly aim?: number | undefined
}

export async function metricsCost(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const collector = await startCollector()
  try {
    return await compare(settings, report, comparedIn(settings, collector))
  } finally {
    collector.server.closeAllConnections()
    collector.server.close()
  }
}

function comparedIn({ before }: BenchSettings, collector: Collector): Compared[] {
  const traced = (ratio: string) => ['--traces', collector.url, '--trace-ratio', ratio]
  return [
    // What two servers of one kind differ by is what the other rows can't tell.
    { name: 'the same again', start: (settings) => startDovetail(settings), limit: null },
    { name: 'metrics read every second', start: startScraped, limit: allowedMetrics },
    { name: 'traces of 1 %', start: (settings) => startDovetail(settings, { args: traced('0.01') }), limit: null },
    { name: 'all traces', start: (settings) => startDovetail(settings, { args: traced('1') }), limit: null },
    ...(before === null
      ? []
      : [
          {
            name: 'the build before',
            start: (settings: BenchSettings) => startDovetail({ ...settings, dovetail: before }),
            limit: null,
            aim: aimOff,
          },
        ]),
  ]
}

async function compare(
  settings: BenchSettings,
  report: (line: string) => void,
  compared: readonly Compared[],
): Promise<Row[]> {
  const rows: Row[] = []
  const starts: StartCandidate[] = [(each) => startDovetail(each), ...compared.map(({ start }) => start)]
  for (const perSecond of settings.fanOutRates) {
    const names = ['dovetail', ...compared.map(({ name }) => name)]
    const named = starts.map(
      (start, index): StartCandidate =>
        async (each) => ({ ...(await start(each)), name: names[index] ?? '' }),
    )
    const [bare = [], ...others] = await runAllRounds(settings, perSecond, named, report)
    for (const [index, { limit, aim }] of compared.entries())
      rows.push(ratioRow(bare, others[index] ?? [], { limit, aim }))
    rows.push(...faultRows([bare, ...others].map(medianRound)))
  }
  return rows
}

/** The build before is what this one is compared with, and not the other way round. */
function ratioRow(
  bare: readonly FanOutResult[],
  other: readonly FanOutResult[],
  { limit, aim }: Pick<Compared, 'limit' | 'aim'>,
): Row {
  const [shown, base] = aim === undefined ? [other, bare] : [bare, other]
  const ratios = shown.map(({ cpu }, round) => cpu / (base[round]?.cpu ?? Number.NaN)).sort((a, b) => a - b)
  const [one, to] = [medianRound(shown), medianRound(base)]
  return {
    title: `${one.perSecond} msg/s: CPU per delivery of ${one.name}, to ${to.name}`,
    value: median(ratios),
    unit: 'times',
    limit,
    ...(aim === undefined ? {} : { aim }),
    detail: `rounds ${ratios.map((ratio) => ratio.toFixed(3)).join(' ')}; ${formatCost(one)}; ${to.name}: ${formatCost(to)}`,
  }
}

/** Asked as Prometheus and a page of the status ask: all families, and what goes on now. */
async function startScraped(settings: BenchSettings): Promise<BenchCandidate> {
  const candidate = await startDovetail(settings)
  const { port } = candidate.server
  const headers = { authorization: `Bearer ${serviceToken(benchSecret)}` }
  const timer = setInterval(() => {
    for (const path of ['/metrics', '/v1/status']) {
      // A server that ends is asked no more.
      fetch(`http://127.0.0.1:${port}${path}`, { headers }).then(
        (answer) => answer.arrayBuffer(),
        () => {},
      )
    }
  }, scrapeMs)
  return {
    ...candidate,
    stop: () => {
      clearInterval(timer)
      return candidate.stop()
    },
  }
}

interface Collector {
  readonly url: string
  readonly server: Server
}

/** Takes spans, and keeps none. */
async function startCollector(): Promise<Collector> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.setHeader('content-type', 'application/json').end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
