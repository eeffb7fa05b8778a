/** The lines of the plots, computed here so that the page has only to draw them. */
import type { CompareResult } from '../compare/compare-result.ts'
import type { CandidateResult } from '../compare/results/candidate-result.ts'
import { costAt, costLine } from '../compare/verdict/break-even.ts'
import { hourlyCost } from '../compare/verdict/cost.ts'
import { type LineStyle, lineStyle } from './line-style.ts'

export interface PlotData {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly isYLog: boolean
  readonly x: readonly number[]
  readonly lines: readonly PlotLine[]
  /** Points worth a word. */
  readonly points: readonly PlotPoint[]
}

export interface PlotLine {
  readonly name: string
  readonly style: LineStyle
  readonly y: readonly (number | null)[]
}

export interface PlotPoint {
  readonly x: number
  readonly y: number | null
  readonly words: string
}

export interface Plots {
  readonly latency: PlotData
  readonly costByRate: PlotData
  readonly costByClients: PlotData
}

export function plotsOf(result: CompareResult): Plots {
  return { latency: latency(result), costByRate: costByRate(result), costByClients: costByClients(result) }
}

function latency({ contenders, verdict }: CompareResult): PlotData {
  const bounds = new Set(contenders.flatMap(({ latencyMs }) => latencyMs.histogram.map(({ toMs }) => toMs)))
  const x = [...bounds].sort((a, b) => a - b)
  return {
    title: 'Share of events received within a time',
    xLabel: 'ms after an event should have been sent',
    yLabel: '% received',
    isYLog: false,
    x,
    lines: contenders.map(({ name, latencyMs }, index) => ({
      name,
      style: lineStyle(index),
      y: x.map((ms) => {
        const heard = latencyMs.histogram.filter(({ toMs }) => toMs <= ms).reduce((sum, { count }) => sum + count, 0)
        return latencyMs.count === 0 ? null : (heard / latencyMs.count) * 100
      }),
    })),
    points: [{ x: verdict.withinMs, y: null, words: 'wanted' }],
  }
}

const rates = Array.from({ length: 61 }, (_, index) => 10 ** (-4 + index / 10))
const clientCounts = Array.from({ length: 61 }, (_, index) => 10 ** (index / 10))
const thousand = 1000

function costByRate({ contenders, verdict, workload }: CompareResult): PlotData {
  const { prices, breakEven } = verdict
  const ours = ourOwn(contenders)
  const push = breakEven.find(({ push }) => push === 'websocket')?.push ?? breakEven[0]?.push
  const line = ours.find(({ candidate }) => candidate.name === push)
  const points = breakEven
    .filter((each) => each.push === push && 'eventsPerSecond' in each.pushPays)
    .flatMap(({ pushPays, poll }) => {
      if (!('eventsPerSecond' in pushPays) || line === undefined) return []
      const x = pushPays.eventsPerSecond
      return [{ x, y: costAt(costLine(line.candidate, prices), x) * thousand, words: `${push} = ${poll}` }]
    })
  return {
    title: 'Cost of 1,000 clients for an hour, by the rate of events (computed)',
    xLabel: 'events a second in a channel',
    yLabel: 'cost an hour',
    isYLog: true,
    x: rates,
    lines: ours.map(({ candidate, style }) => ({
      name: candidate.name,
      style,
      y: rates.map((rate) => positive(costAt(costLine(candidate, prices), rate) * thousand)),
    })),
    points: [...points, { x: workload.eventsPerSecond, y: null, words: 'this workload' }],
  }
}

function costByClients({ contenders, verdict }: CompareResult): PlotData {
  const { prices, cached } = verdict
  const ours = ourOwn(contenders)
  const lines = ours.map(({ candidate, style }) => ({
    name: candidate.name,
    style,
    y: clientCounts.map((clients) => positive(hourlyCost(candidate, prices) * clients)),
  }))
  const poll = ours.find(({ candidate }) => candidate.name === cached?.poll)
  if (cached === null || poll === undefined) return clientsPlot(lines, [])
  const flat = hourlyCost(poll.candidate, prices)
  const behind = {
    name: `${cached.poll} behind a cache`,
    style: lineStyle(8),
    y: clientCounts.map(() => positive(flat)),
  }
  return clientsPlot([...lines, behind], [{ x: cached.clients, y: flat, words: `break-even with ${cached.push}` }])
}

function clientsPlot(lines: readonly PlotLine[], points: readonly PlotPoint[]): PlotData {
  return {
    title: 'Cost of an hour, by the number of clients (computed)',
    xLabel: 'clients',
    yLabel: 'cost an hour',
    isYLog: true,
    x: clientCounts,
    lines,
    points,
  }
}

/** External servers report nothing of what they spend. */
function ourOwn(contenders: readonly CandidateResult[]) {
  return contenders
    .map((candidate, index) => ({ candidate, style: lineStyle(index) }))
    .filter(({ candidate }) => candidate.kind !== 'outside')
}

/** A logarithmic axis has no zero. */
function positive(cost: number): number | null {
  return cost > 0 ? cost : null
}
