import { memo, useEffect, useRef } from 'react'
import type { Quote } from './board/quote-board.ts'
import { formatAge } from './format-age.ts'
import styles from './quote-row.module.css'
import { Sparkline } from './sparkline.tsx'

export interface QuoteRowProps {
  quote: Quote
  /** Milliseconds since 1970, by the server's clock. */
  now: number
}

const price = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const percent = new Intl.NumberFormat(undefined, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
})
const signs = { up: '▲', down: '▼', same: '' } as const
const words = { up: 'rose', down: 'fell', same: 'is the same' } as const
const flashMs = 600

export const QuoteRow = memo(function QuoteRow({ quote, now }: QuoteRowProps) {
  const { symbol, direction, changePercent } = quote
  const cell = useFlash(quote)
  const trend = changePercent > 0 ? 'up' : changePercent < 0 ? 'down' : 'same'
  return (
    <tr className={styles.row}>
      <th scope="row" className={styles.symbol}>
        {symbol}
      </th>
      <td ref={cell} className={styles.figure} data-direction={direction}>
        <span className={styles.sign} role="img" aria-label={words[direction]}>
          {signs[direction]}
        </span>
        {price.format(quote.price)}
      </td>
      <td className={styles.figure} data-direction={trend}>
        {percent.format(changePercent)} %
      </td>
      <td className={styles.age}>{formatAge(now - quote.updatedAt)}</td>
      <td className={styles.line}>
        <Sparkline points={quote.points} trend={trend} />
      </td>
    </tr>
  )
})

/** A cell that flashes once for each new price, unless the user prefers reduced motion. */
function useFlash({ rev, direction }: Quote) {
  const cell = useRef<HTMLTableCellElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each revision flashes, also one in the same direction
  useEffect(() => {
    if (direction === 'same' || matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const colour = direction === 'up' ? 'var(--good-part)' : 'var(--bad-part)'
    const flash = cell.current?.animate([{ background: colour }, { background: 'transparent' }], flashMs)
    return () => flash?.cancel()
  }, [rev, direction])
  return cell
}
