/** A table of figures and names for a terminal, in a frame. Cells may be coloured. */
import { stripVTControlCharacters } from 'node:util'

export interface TableOptions {
  readonly head: readonly string[]
  readonly aligns: readonly ('left' | 'right')[]
  readonly rows: readonly (readonly string[])[]
}

/** @returns the lines, without a line break at the end */
export function formatTable({ head, aligns, rows }: TableOptions): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => widthOf(row[column] ?? ''))))
  const rule = (left: string, between: string, right: string) =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(between) + right
  const line = (row: readonly string[]) =>
    `│${widths.map((width, column) => ` ${aligned(row[column] ?? '', width, aligns[column])} `).join('│')}│`
  return [rule('┌', '┬', '┐'), line(head), rule('├', '┼', '┤'), ...rows.map(line), rule('└', '┴', '┘')].join('\n')
}

function aligned(cell: string, width: number, align: 'left' | 'right' | undefined): string {
  const space = ' '.repeat(width - widthOf(cell))
  return align === 'right' ? space + cell : cell + space
}

/** In columns. What is shown are names of channels and figures: one column for each character. */
function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length
}
