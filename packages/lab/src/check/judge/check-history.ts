/**
 * Checks one reading of the history, page by page from the newest to the oldest. Positions never shift, so pages must
 * neither overlap nor leave out a record that still exists at the end of the run.
 */
import type { AnyRecord } from 'dovetail-protocol'
import type { Complaint } from './evidence.ts'
import type { PageRead } from './observation.ts'

/** `fresh`: the living records at the end, in rising `pos`. */
export function checkHistory(pages: readonly PageRead[], fresh: readonly AnyRecord[]): Complaint[] {
  const complaints: Complaint[] = []
  /** Everything at and above it was read. */
  let readFrom: number | null = null
  for (const page of pages) {
    complaints.push(...checkPage(page))
    const first = page.next === null ? 0 : (page.records[0]?.pos ?? page.next)
    const below = readFrom ?? (page.rev ?? 0) + 1
    if (readFrom !== null && page.records.some(({ pos }) => pos >= below))
      complaints.push({ invariant: 'repeat', text: `${nameOf(page)} has a record of the page before it` })
    const given = new Set(page.records.map(({ id }) => id))
    const missing = fresh.find(({ id, pos }) => pos >= first && pos < below && !given.has(id))
    if (missing !== undefined)
      complaints.push({ invariant: 'gap', text: `the record at position ${missing.pos} is missing in ${nameOf(page)}` })
    readFrom = first
  }
  return complaints
}

function checkPage(page: PageRead): Complaint[] {
  const complaints: Complaint[] = []
  const { limit, before, records } = page
  const positions = records.map(({ pos }) => pos)
  if (positions.some((pos, i) => pos <= (positions[i - 1] ?? 0)))
    complaints.push({ invariant: 'order', text: `${nameOf(page)} is not in rising position` })
  if (before !== null && positions.some((pos) => pos >= before))
    complaints.push({ invariant: 'repeat', text: `${nameOf(page)} has position ${positions.at(-1)}` })
  if (records.length > limit)
    complaints.push({ invariant: 'order', text: `${nameOf(page)} has ${records.length} records` })
  return complaints
}

function nameOf({ limit, before }: PageRead): string {
  return before === null ? `the newest page of ${limit}` : `the page of ${limit} before ${before}`
}
