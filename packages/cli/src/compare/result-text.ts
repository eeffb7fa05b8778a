import { bytesWords, type CompareResult, figureWords, markWords, msWords, shareWords } from '@dovetail/lab/compare'
import Table from 'cli-table3'
import type { Colors } from '../colors.ts'

type Row = CompareResult['contenders'][number]

/** What a comparison found, for a terminal. */
export function resultText(result: CompareResult, colors: Colors): string {
  const { workload, machine, verdict } = result
  const { name, about, clients, seconds, rounds } = workload
  const times = rounds === 1 ? 'one round' : `${rounds} rounds`
  return [
    `${colors.bold(name)}: ${about}. ${clients} clients each, ${times} of ${figureWords(seconds)} s, seed ${result.seed}`,
    colors.dim(`${machine.cores} cores (${machine.processor}), Node ${machine.node}`),
    measured(result, colors),
    ...marksOf(result.contenders, colors),
    ...result.contenders.flatMap(({ name, complaints }) => complaints.map((words) => colors.red(`${name}: ${words}`))),
    '',
    ...verdict.sentences.map((sentence, index) => (index === 0 ? colors.bold(sentence) : sentence)),
    '',
    colors.dim(`Computed, not measured: ${verdict.formulas.scale}.`),
    scaled(result),
    colors.dim(`Cost: ${verdict.formulas.cost}.`),
    '',
  ].join('\n')
}

const plain = { style: { head: [], border: [], compact: true } }

function measured({ contenders, verdict }: CompareResult, colors: Colors): string {
  const table = new Table({
    ...plain,
    head: [
      '',
      'p50',
      'p90',
      'p99',
      'max',
      'requests',
      'empty',
      'B/event',
      'B/s client',
      'CPU/event',
      'memory',
      'lost',
      'late',
    ],
    colAligns: ['left', ...Array.from({ length: 12 }, () => 'right' as const)],
  })
  for (const contender of contenders) table.push(measuredRow(contender, verdict.choice, colors))
  return table.toString()
}

function measuredRow(contender: Row, choice: string | null, colors: Colors): string[] {
  const { name, latencyMs, requests, emptyShare, bytes, server, lost, repeated, late, marks } = contender
  const shown = `${name}${marks.includes('lab-busy') ? ' *' : ''}`
  const cpu = server?.cpuMicrosecondsPerDelivery ?? null
  return [
    name === choice ? colors.green(`${shown} ✓`) : shown,
    ...[latencyMs.p50, latencyMs.p90, latencyMs.p99, latencyMs.max].map(msWords),
    figureWords(requests),
    shareWords(emptyShare),
    figureWords(bytes.perDelivery),
    figureWords(bytes.perClientSecond.up + bytes.perClientSecond.down),
    cpu === null ? '–' : `${figureWords(cpu)} µs`,
    bytesWords(server?.memoryBytesPerClient ?? null),
    lost + repeated === 0 ? '0' : colors.red(repeated === 0 ? String(lost) : `${lost} +${repeated}`),
    figureWords(late),
  ]
}

function marksOf(contenders: readonly Row[], colors: Colors): string[] {
  const seen = new Set(contenders.flatMap(({ marks }) => marks))
  return [...seen].map((mark) => colors.yellow(`${mark === 'lab-busy' ? '* ' : ''}${markWords[mark]}`))
}

function scaled({ verdict }: CompareResult): string {
  const table = new Table({
    ...plain,
    head: ['clients', '', 'requests/s', 'Mbit/s down', 'cores', 'memory', 'cost/h'],
    colAligns: ['right', 'left', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const { clients, contenders } of verdict.atScale) {
    for (const [index, each] of contenders.entries()) {
      table.push([
        index === 0 ? clients.toLocaleString('en-US') : '',
        each.name,
        figureWords(each.requestsPerSecond),
        figureWords(each.megabitsPerSecond.down),
        figureWords(each.cores),
        bytesWords(each.memoryBytes),
        figureWords(each.costPerHour),
      ])
    }
  }
  return table.toString()
}
