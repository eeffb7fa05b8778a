import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import styles from './live-plot.module.css'

export interface LivePlotProps {
  /** “Changes a second” */
  label: string
  /** The newest value as text: “1,204 /s”. */
  value: string
  /** One value a second, oldest first; null where there was none. */
  values: readonly (number | null)[]
}

const height = 40
const seconds = 60

/** A value and its curve over the last minute. */
export function LivePlot({ label, value, values }: LivePlotProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)

  useEffect(() => {
    const target = box.current
    if (target === null) return
    plot.current = new uPlot(optionsFor(target), [[], []], target)
    const watch = new ResizeObserver(() => plot.current?.setSize({ width: target.clientWidth, height }))
    watch.observe(target)
    return () => {
      watch.disconnect()
      plot.current?.destroy()
    }
  }, [])

  useEffect(() => {
    // One value is no line yet: it is drawn as one, so that there is something to see from the first second.
    const drawn = values.length === 1 ? [...values, ...values] : values
    const first = seconds - drawn.length
    plot.current?.setData([drawn.map((_, i) => first + i), [...drawn]])
  }, [values])

  return (
    <figure className={styles.plot}>
      <figcaption className={styles.caption}>
        {/* No <output>: a screen reader would announce it each second. */}
        {label} <span className={styles.value}>{value}</span>
      </figcaption>
      <div ref={box} className={styles.box} aria-hidden />
    </figure>
  )
}

function optionsFor(target: HTMLElement): uPlot.Options {
  const stroke = getComputedStyle(target).color
  return {
    width: target.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, range: [0, seconds] },
      y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] },
    },
    series: [{}, { stroke, width: 1.5, points: { show: false } }],
  }
}
