/** The report of a run: rows, each with its limit if it has one. */

export interface Row {
  readonly title: string
  readonly value: number
  readonly unit: 'times' | 'ms' | 's' | 'µs' | 'KB' | 'per s' | 'deliveries'
  /** The most that is allowed; `null`: none is set. */
  readonly limit: number | null
  /** What is hoped for beside it; absent: nothing was. */
  readonly aim?: number | undefined
  /** The figures that the value was made of. */
  readonly detail: string
}

export type Verdict = 'met' | 'not met' | 'no limit'

export function verdict({ value, limit }: Row): Verdict {
  if (limit === null) return 'no limit'
  return value <= limit ? 'met' : 'not met'
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.title,
    `${shown(row.value)} ${row.unit}`,
    row.limit === null ? '' : `≤ ${Number(row.limit.toPrecision(3))}`,
    row.limit === null ? '' : verdict(row),
    row.aim === undefined
      ? ''
      : `aim ≤ ${Number(row.aim.toPrecision(3))} ${row.value <= row.aim ? 'reached' : 'not reached'}`,
    row.detail,
  ])
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...cells.map((cell) => cell[column]?.length ?? 0)))
  return cells
    .map((cell) =>
      cell
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        // A column that nobody fills takes no room.
        .filter((_, column) => widths[column] !== 0)
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function shown(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

export function formatJson(rows: readonly Row[]): string {
  return JSON.stringify({ rows: rows.map((row) => ({ ...row, verdict: verdict(row) })) }, null, 2)
}
