/** How far an import has come, on stderr: a line redrawn in place on a terminal, else nothing. */
import { InPlace } from '../terminal/in-place.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { ImportCounts } from './results.ts'

const everyMs = 200
const barWidth = 24

export interface ImportProgress {
  readonly show: (counts: ImportCounts) => void
  readonly end: () => void
}

/** `total`: how many records there are; null: not known. */
export function openImportProgress(
  terminal: Pick<Terminal, 'columns' | 'stderr'>,
  total: number | null,
  now: () => number = () => performance.now(),
): ImportProgress {
  if (terminal.columns('stderr') === null) return { show: () => undefined, end: () => undefined }
  const lines = new InPlace({ write: terminal.stderr, columns: () => terminal.columns('stderr') ?? 80 })
  const startedAt = now()
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    show: (counts) => {
      if (now() - shownAt < everyMs) return
      shownAt = now()
      lines.draw([progressLine(counts, total, (now() - startedAt) / 1000)])
    },
    end: () => lines.clear(),
  }
}

export function progressLine({ created, kept, refused }: ImportCounts, total: number | null, seconds: number): string {
  const done = created + kept + refused
  const rate = seconds > 0 ? Math.round(done / seconds) : 0
  const figures = `${done}${total === null ? '' : ` of ${total}`}, ${rate}/s${refused === 0 ? '' : `, ${refused} refused`}`
  if (total === null || total === 0) return figures
  const filled = Math.min(barWidth, Math.floor((done / total) * barWidth))
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${figures}`
}
