import { ArrowDown, ArrowUp } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Quote } from './board/quote-board.ts'
import { type Sort, type SortKey, sortQuotes } from './board/sort-quotes.ts'
import { QuoteRow } from './quote-row.tsx'
import styles from './quote-table.module.css'
import { useServerTime } from './use-server-time.ts'

const columns: readonly { by: SortKey; name: string }[] = [
  { by: 'symbol', name: 'Symbol' },
  { by: 'price', name: 'Price' },
  { by: 'change', name: 'Change' },
  { by: 'age', name: 'Age' },
]

export function QuoteTable({ quotes }: { quotes: readonly Quote[] }) {
  const [sort, setSort] = useState<Sort>({ by: 'symbol', descending: false })
  const sorted = useMemo(() => sortQuotes(quotes, sort), [quotes, sort])
  const now = useServerTime()
  const choose = (by: SortKey) => setSort({ by, descending: sort.by === by ? !sort.descending : by !== 'symbol' })
  const Arrow = sort.descending ? ArrowDown : ArrowUp
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Board">
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map(({ by, name }) => (
              <th
                key={by}
                scope="col"
                aria-sort={sort.by === by ? (sort.descending ? 'descending' : 'ascending') : 'none'}
              >
                <button type="button" className={styles.sort} onClick={() => choose(by)}>
                  {name}
                  {sort.by === by && <Arrow size={16} aria-hidden />}
                </button>
              </th>
            ))}
            <th scope="col" className={styles.line}>
              <span className={styles.ends}>
                <span>60 s ago</span>
                <span className={styles.now}>now</span>
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((quote) => (
            <QuoteRow key={quote.symbol} quote={quote} now={now} />
          ))}
        </tbody>
      </table>
    </section>
  )
}
