import { formatBytes, formatNumber } from '../compare/verdict/format.ts'
import type { Verdict } from '../compare/verdict/verdict.ts'
import { escapeHtml } from './escape-html.ts'
import { scrolledTable } from './scrolled-table.ts'

/** What it comes to with many clients. */
export function scaleTable({ atScale, prices }: Verdict): string {
  const heads = [
    'clients',
    'candidate',
    'requests/s',
    'Mbit/s up',
    'Mbit/s down',
    'cores',
    'memory',
    `${prices.currency} an hour`,
  ]
  const rows = atScale.flatMap(({ clients, contenders }) =>
    contenders.map((each, index) => [
      index === 0 ? clients.toLocaleString('en-US') : '',
      escapeHtml(each.name),
      formatNumber(each.requestsPerSecond),
      formatNumber(each.megabitsPerSecond.up),
      formatNumber(each.megabitsPerSecond.down),
      formatNumber(each.cores),
      formatBytes(each.memoryBytes),
      formatNumber(each.costPerHour),
    ]),
  )
  const head = heads
    .map((text, column) => `<th scope="col"${column === 1 ? ' class="name"' : ''}>${text}</th>`)
    .join('')
  const body = rows
    .map(
      (cells) =>
        `<tr>${cells.map((cell, column) => `<td${column === 1 ? ' class="name"' : ''}>${cell}</td>`).join('')}</tr>`,
    )
    .join('')
  return scrolledTable('Figures with many clients', `<thead><tr>${head}</tr></thead><tbody>${body}</tbody>`)
}
