import type { CompareResult } from '../compare/compare-result.ts'
import { type ContenderResult, markWords } from '../compare/contender-result.ts'
import { bytesWords, figureWords, msWords, shareWords } from '../compare/verdict/words.ts'
import { escapeHtml } from './escape-html.ts'
import { lineKey } from './line-look.ts'
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
  'lost',
  'repeated',
  'late',
]

/** What was measured, a row for each contender. */
export function figuresTable({ contenders, verdict }: CompareResult): string {
  const rows = contenders.map((contender, index) => row(contender, index, contender.name === verdict.choice))
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join('')
  const table = `<thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody>`
  return `${scrolledTable('Figures of each contender', table)}${notes(contenders)}`
}

function row(contender: ContenderResult, index: number, isChoice: boolean): string {
  const { name, latencyMs, requests, emptyShare, bytes, server, lost, repeated, late } = contender
  const cpu = server?.cpuMicrosecondsPerDelivery ?? null
  const cells = [
    `${lineKey(index)}${escapeHtml(name)}`,
    ...[latencyMs.p50, latencyMs.p90, latencyMs.p99, latencyMs.max].map(msWords),
    figureWords(requests),
    shareWords(emptyShare),
    bytesWords(bytes.perDelivery),
    cpu === null ? '–' : `${figureWords(cpu)} µs`,
    bytesWords(server?.memoryBytesPerClient ?? null),
    ...[lost, repeated, late].map(figureWords),
  ]
  return `<tr${isChoice ? ' class="choice"' : ''}>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

function notes(contenders: readonly ContenderResult[]): string {
  const marks = new Set(contenders.flatMap((contender) => contender.marks))
  const lines = [...marks].map((mark) => {
    const names = contenders.filter((contender) => contender.marks.includes(mark)).map(({ name }) => name)
    const who = names.length === contenders.length ? 'all' : names.join(', ')
    return `<p class="note">${escapeHtml(who)}: ${escapeHtml(markWords[mark])}.</p>`
  })
  const complaints = contenders.flatMap(({ name, complaints }) => complaints.map((words) => `${name}: ${words}`))
  return [...lines, ...complaints.map((words) => `<p class="note">${escapeHtml(words)}</p>`)].join('')
}
