/** What a page asks of Redis, and the page that is made of the answer. */
import type { RecordPage } from '../../ports/store.ts'
import { type pageStart, takePage } from '../shared/take-page.ts'
import { listOf, type Reply, recordsOf } from './packed-row.ts'

type Page = Omit<RecordPage, 'channel'> & { readonly bytes: number }

/**
 * Asks for one row more than needed on each side that counts, and for one on the other side: it shows
 * whether more exist.
 */
export function pageArgs(
  page: { readonly collection: string; readonly limit: number },
  start: ReturnType<typeof pageStart>,
) {
  const [wanted, one] = [String(page.limit + 1), '1']
  const older = start.take === 'newer' ? one : wanted
  const newer = start.take === 'older' ? one : wanted
  return [page.collection, String(start.split), older, newer]
}

export function pageOf(
  start: ReturnType<typeof pageStart>,
  sides: Reply | undefined,
  bounds: { readonly limit: number; readonly bytes: number },
): Page {
  const [older, newer] = listOf(sides)
  return takePage(start, recordsOf(older).values(), recordsOf(newer).values(), bounds)
}
