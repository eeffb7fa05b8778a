import { memo } from 'react'
import type { PricePoint } from './board/quote-board.ts'
import styles from './sparkline.module.css'
import { sparklinePath } from './sparkline-path.ts'

export interface SparklineProps {
  points: readonly PricePoint[]
  trend: 'up' | 'down' | 'same'
}

const width = 120
const height = 20

export const Sparkline = memo(function Sparkline({ points, trend }: SparklineProps) {
  return (
    <svg
      className={styles.line}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      data-trend={trend}
      aria-hidden
    >
      <path d={sparklinePath(points, width, height)} />
    </svg>
  )
})
