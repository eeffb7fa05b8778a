import type { CompareResult } from '../compare/compare-result.ts'
import { type CandidateResult, caveatTexts } from '../compare/results/candidate-result.ts'
import { formatCost, hourlyCost } from '../compare/verdict/cost.ts'
import { formatBytes, formatMilliseconds, formatNumber, formatPercent } from '../compare/verdict/format.ts'
import { escapeHtml } from './escape-html.ts'
import { lineKey } from './line-style.ts'
import { scrolledTable } from './scrolled-table.ts'

const heads = [
  '',
  'p50',
  'p90',
  'p99',
  'max',
  'requests',
  'empty',
  'bytes per event',
  'CPU per event',
  'memory a client',
  'cost',
  'lost',
  'repeated',
  'late',
]

/** What was measured, a row for each candidate. */
export function figuresTable({ contenders, verdict }: CompareResult): string {
  const rows = contenders.map((candidate, index) => row(candidate, index, verdict))
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('')
  const table = `<thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody>`
  return `${scrolledTable('Figures of each candidate', table)}${notes(contenders)}`
}

function row(candidate: CandidateResult, index: number, { choice, prices }: CompareResult['verdict']): string {
  const { name, latencyMs, requests, emptyShare, bytes, server, lost, repeated, late } = candidate
  const cpu = server?.cpuMicrosecondsPerDelivery ?? null
  const cells = [
    `${lineKey(index)}${escapeHtml(name)}`,
    ...[latencyMs.p50, latencyMs.p90, latencyMs.p99, latencyMs.max].map(formatMilliseconds),
    formatNumber(requests),
    formatPercent(emptyShare),
    formatBytes(bytes.perDelivery),
    cpu === null ? '–' : `${formatNumber(cpu)} µs`,
    formatBytes(server?.memoryBytesPerClient ?? null),
    server === null ? '–' : formatCost(hourlyCost(candidate, prices), prices),
    ...[lost, repeated, late].map(formatNumber),
  ]
  return `<tr${name === choice ? ' class="choice"' : ''}>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

function notes(contenders: readonly CandidateResult[]): string {
  const marks = new Set(contenders.flatMap((candidate) => candidate.marks))
  const lines = [...marks].map((mark) => {
    const names = contenders.filter((candidate) => candidate.marks.includes(mark)).map(({ name }) => name)
    const who = names.length === contenders.length ? 'all' : names.join(', ')
    return `<p class="note">${escapeHtml(who)}: ${escapeHtml(caveatTexts[mark])}.</p>`
  })
  const complaints = contenders.flatMap(({ name, complaints }) => complaints.map((words) => `${name}: ${words}`))
  return [...lines, ...complaints.map((words) => `<p class="note">${escapeHtml(words)}</p>`)].join('')
}
