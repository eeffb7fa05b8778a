/** The delays of all ways on one axis: a row for each, darker where more events came, with its figures beside it. */
import type { CompareResult } from '../compare/compare-result.ts'
import type { CandidateResult } from '../compare/results/candidate-result.ts'
import { formatMilliseconds } from '../compare/verdict/format.ts'
import { logAxis, tickRow } from './axis.ts'
import { escapeHtml } from './escape-html.ts'
import { lineStyle } from './line-style.ts'

const leastMs = 0.1

export function delayRows({ contenders, verdict }: CompareResult): string {
  const heard = contenders.filter(({ latencyMs }) => latencyMs.count > 0)
  const bounds = heard.flatMap(({ latencyMs }) => latencyMs.histogram)
  const from = Math.max(leastMs, Math.min(...bounds.map(({ fromMs }) => fromMs)))
  const to = Math.max(verdict.withinMs, ...bounds.map(({ toMs }) => toMs))
  if (heard.length === 0 || !(to > from)) return ''
  const axis = logAxis(from, to)
  const wanted = `<i class="here" style="left:${axis.percent(verdict.withinMs).toFixed(2)}%"></i>`
  const rows = heard.map((candidate) => {
    const { name, latencyMs } = candidate
    const { p50, p99 } = latencyMs
    const said = `half within ${formatMilliseconds(p50)}, 99 of 100 within ${formatMilliseconds(p99)}`
    return `<span>${escapeHtml(name)}</span><div class="delays" role="img" aria-label="${said}" style="--way:var(${lineStyle(contenders.indexOf(candidate)).colour})">${strips(candidate, axis.percent)}${mark('p50', p50, axis.percent)}${mark('p99', p99, axis.percent)}${wanted}</div><span>${formatMilliseconds(p50)} · ${formatMilliseconds(p99)}</span>`
  })
  return `<div class="legend"><span><b class="tick50"></b>half came sooner</span><span><b class="tick99"></b>99 of 100 came sooner</span><span><b class="wanted-line"></b>wanted, ${formatMilliseconds(verdict.withinMs)}</span><span>darker: more of the events</span></div>
<div class="bars">${rows.join('')}<span></span>${tickRow(axis, formatMilliseconds)}<span>p50 · p99</span></div>`
}

/** How dark: the part of the events in this bucket against that of the fullest one. */
function strips({ latencyMs }: CandidateResult, percent: (ms: number) => number): string {
  const most = Math.max(...latencyMs.histogram.map(({ count }) => count))
  return latencyMs.histogram
    .map(({ fromMs, toMs, count }) => {
      const from = percent(fromMs)
      const width = percent(toMs) - from
      return `<i style="left:${from.toFixed(2)}%;width:${width.toFixed(2)}%;opacity:${(0.12 + 0.88 * (count / most)).toFixed(2)}"></i>`
    })
    .join('')
}

function mark(style: string, ms: number | null, percent: (ms: number) => number): string {
  return ms === null ? '' : `<u class="${style}" style="left:${percent(ms).toFixed(2)}%"></u>`
}
