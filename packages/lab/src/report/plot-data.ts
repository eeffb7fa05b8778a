/** The lines of the plots, computed here so that the page has only to draw them. */
import type { CompareResult } from '../compare/compare-result.ts'
import type { CandidateResult } from '../compare/results/candidate-result.ts'
import { costAt, costLine } from '../compare/verdict/break-even.ts'
import { formatCost, hourlyCost } from '../compare/verdict/cost.ts'
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
  readonly costByRate: PlotData
  readonly costByClients: PlotData
}

export function plotsOf(result: CompareResult): Plots {
  return { costByRate: costByRate(result), costByClients: costByClients(result) }
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
    .flatMap(({ pushPays }) => {
      if (!('eventsPerSecond' in pushPays) || line === undefined) return []
      const x = pushPays.eventsPerSecond
      // Several lie near each other: the text below the plot names them.
      return [{ x, y: costAt(costLine(line.candidate, prices), x) * thousand, words: '' }]
    })
  return {
    title: 'Cost of 1,000 clients for an hour, by the rate of events (computed)',
    xLabel: 'events a second in a channel',
    yLabel: `${prices.currency} an hour`,
    isYLog: true,
    x: rates,
    lines: apart(
      ours.map(({ candidate, style }) => ({
        name: `${candidate.name}: ${formatCost(hourlyCost(candidate, prices), prices)} here`,
        style,
        y: rates.map((rate) => positive(costAt(costLine(candidate, prices), rate) * thousand)),
      })),
    ),
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
  if (cached === null || poll === undefined) return clientsPlot(prices.currency, lines, [])
  const flat = hourlyCost(poll.candidate, prices)
  const behind = {
    name: `${cached.poll} behind a cache`,
    style: lineStyle(8),
    y: clientCounts.map(() => positive(flat)),
  }
  return clientsPlot(
    prices.currency,
    [...lines, behind],
    [{ x: cached.clients, y: flat, words: `break-even with ${cached.push}` }],
  )
}

function clientsPlot(currency: string, lines: readonly PlotLine[], points: readonly PlotPoint[]): PlotData {
  return {
    title: 'Cost of an hour, by the number of clients (computed)',
    xLabel: 'clients',
    yLabel: `${currency} an hour`,
    isYLog: true,
    x: clientCounts,
    lines,
    points,
  }
}

/** Lines that would lie on each other are drawn as one, under all their names. */
function apart(lines: readonly PlotLine[]): PlotLine[] {
  const kept: PlotLine[] = []
  for (const line of lines) {
    const same = kept.findIndex((other) => isOneLine(other, line))
    const other = kept[same]
    if (other === undefined) kept.push(line)
    else kept[same] = { ...other, name: `${other.name}; ${line.name}` }
  }
  return kept
}

/** Less apart than this, at each rate, two lines cannot be told from one. */
const leastApart = 0.1

function isOneLine(a: PlotLine, b: PlotLine): boolean {
  return a.y.every((value, index) => {
    const other = b.y[index] ?? null
    if (value === null || other === null) return value === other
    return Math.abs(value - other) <= leastApart * Math.max(value, other)
  })
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
