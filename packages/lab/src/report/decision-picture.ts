/**
 * Which way wins: the rate of events across, patience down. A row is one patience; its bar is cut where another way
 * becomes the cheapest. Plain HTML, which reads the same on a phone, on paper and by a screen reader.
 */
import type { CompareResult } from '../compare/compare-result.ts'
import type { CandidateResult } from '../compare/results/candidate-result.ts'
import { costLine } from '../compare/verdict/break-even.ts'
import { formatCost } from '../compare/verdict/cost.ts'
import { cheapestSpans, type RateSpan, rateLimits, waysWithin } from '../compare/verdict/decision.ts'
import { formatInterval, formatNumber } from '../compare/verdict/format.ts'
import { logAxis, tickRow } from './axis.ts'
import { escapeHtml } from './escape-html.ts'

/** Milliseconds that somebody can wait. */
const patiences = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000]
const axis = logAxis(rateLimits.from, rateLimits.to)
/** A name needs this part of the width, in percent. */
const leastForName = 9

/** Empty: there is no verdict. */
export function decisionPicture(result: CompareResult): string {
  const { contenders, verdict, workload } = result
  if (verdict.decision === null) return ''
  const wanted = verdict.withinMs
  const rows = [...new Set([...patiences, wanted])]
    .sort((a, b) => a - b)
    .map((patience) => row(result, patience, patience === wanted))
  const here = `<i class="here" style="left:${axis.percent(workload.eventsPerSecond).toFixed(2)}%"></i>`
  return `<div class="decision">
<div></div><div class="top">${here}<span class="${hereSide(workload.eventsPerSecond)}" style="left:${axis.percent(workload.eventsPerSecond).toFixed(2)}%">this workload, ${formatNumber(workload.eventsPerSecond)} a second</span></div>
${rows.join('')}
<div class="side">can wait</div>${tickRow(axis, (tick) => tickWords(tick))}
<div></div><div class="axis">events a second in a channel</div></div>
${legend(reliable(contenders), result)}`
}

function reliable(contenders: readonly CandidateResult[]): CandidateResult[] {
  return contenders.filter(({ kind, marks }) => kind !== 'outside' && !marks.includes('unreliable'))
}

function row({ contenders, verdict, workload }: CompareResult, patience: number, isWanted: boolean): string {
  const ours = reliable(contenders)
  const spans = sameNames(cheapestSpans(waysWithin({ candidates: ours, prices: verdict.prices }, patience)))
  const drawn = spans.map((span) => {
    const from = axis.percent(span.from)
    const width = axis.percent(span.to) - from
    const style = wayStyle(span, contenders)
    const name = width < leastForName ? '' : shortName(span)
    return `<span class="${span.family}" style="left:${from.toFixed(2)}%;width:${width.toFixed(2)}%;${style}">${name}</span>`
  })
  const words = formatInterval(patience)
  const said = spans.length === 0 ? 'none of them' : spans.map(spoken).join(', ')
  const at = axis.percent(workload.eventsPerSecond).toFixed(2)
  const mark = isWanted ? `<i class="spot" style="left:${at}%"></i>` : ''
  return `<div class="side${isWanted ? ' wanted' : ''}" aria-hidden="true">${words}</div><div class="row" role="img" aria-label="within ${words}: ${escapeHtml(said)}">${drawn.join('')}<i class="here" style="left:${at}%"></i>${mark}</div>`
}

/** Two polls of one interval, or one way in two spans, are one piece of the bar. */
function sameNames(spans: readonly RateSpan[]): RateSpan[] {
  const merged: RateSpan[] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last !== undefined && shortName(last) === shortName(span)) merged[merged.length - 1] = { ...last, to: span.to }
    else merged.push(span)
  }
  return merged
}

/** Whatever interval a poll was measured at, the row says how often it asks. */
function shortName({ family, name }: RateSpan): string {
  return escapeHtml(family === 'poll' ? pollName(name) : name)
}

function pollName(name: string): string {
  return name.startsWith('poll-etag') ? 'poll-etag' : 'poll'
}

function spoken(span: RateSpan): string {
  return span.to >= rateLimits.to
    ? shortName(span)
    : `${shortName(span)} below ${formatNumber(span.to)} events a second`
}

const colours: Readonly<Record<string, string>> = { poll: '--w0', 'poll-etag': '--w1' }

function wayStyle({ family, name }: RateSpan, contenders: readonly CandidateResult[]): string {
  return `background-color:var(${colourOf(family === 'poll' ? pollName(name) : name, contenders)})`
}

function colourOf(name: string, contenders: readonly CandidateResult[]): string {
  const known = colours[name]
  if (known !== undefined) return known
  const pushes = contenders.filter(({ kind }) => kind === 'push' || kind === 'long-poll').map((each) => each.name)
  return `--w${2 + (Math.max(0, pushes.indexOf(name)) % 4)}`
}

/** What each kind of way costs here, at the patience that was wanted. */
function legend(contenders: readonly CandidateResult[], { verdict }: CompareResult): string {
  const ways = waysWithin({ candidates: contenders, prices: verdict.prices }, verdict.withinMs)
  const names = new Map<string, string>()
  for (const { name, family } of [...ways, ...pushesOf(contenders)])
    names.set(family === 'poll' ? pollName(name) : name, family)
  const items = [...names].map(([name, family]) => {
    const costs = figureOf(name, contenders, verdict.prices)
    return `<span><b class="${family}" style="background-color:var(${colourOf(name, contenders)})"></b>${escapeHtml(name)}${costs}</span>`
  })
  return `<div class="legend">${items.join('')}</div><p class="note-plain">Cost of 1,000 clients and an hour, idle + for each event a second.</p>`
}

function pushesOf(contenders: readonly CandidateResult[]) {
  return contenders
    .filter(({ kind }) => kind === 'push' || kind === 'long-poll')
    .map(({ name }) => ({ name, family: 'push' as const }))
}

function figureOf(
  name: string,
  contenders: readonly CandidateResult[],
  prices: CompareResult['verdict']['prices'],
): string {
  const measured = contenders.filter(
    (each) => each.name === name || (each.kind === 'poll' && pollName(each.name) === name),
  )
  const figures = measured.map((each) => {
    const { idle, perEventSecond } = costLine(each, prices)
    const every = each.intervalMs === null ? '' : `every ${formatInterval(each.intervalMs)} `
    return `${every}${formatCost(idle, prices)} + ${formatCost(perEventSecond, prices)}`
  })
  return figures.length === 0 ? '' : `: ${figures.join('; ')}`
}

function hereSide(rate: number): string {
  return axis.percent(rate) < 50 ? 'first' : 'last'
}

function tickWords(tick: number): string {
  if (tick >= 1000) return `${tick / 1000}k`
  return tick < 0.01 ? `10<sup>${Math.round(Math.log10(tick))}</sup>` : String(Number(tick.toPrecision(1)))
}
