import { useMemo } from 'react'
import { LivePlot } from '../meter/live-plot.tsx'
import { loadPlots, type Reading } from './load-history.ts'
import styles from './load-section.module.css'
import sectionStyles from './section.module.css'

/** The server's load since the page was opened, up to five minutes of it. */
export function LoadSection({ readings }: { readings: readonly Reading[] }) {
  const plots = useMemo(() => loadPlots(readings), [readings])
  return (
    <section className={sectionStyles.section}>
      <h2 className={sectionStyles.title}>Load</h2>
      <p className={sectionStyles.about}>The last five minutes, as far as this page was open.</p>
      <div className={styles.plots}>
        {plots.map(({ label, value, values }) => (
          <LivePlot key={label} label={label} value={value} values={values} />
        ))}
      </div>
    </section>
  )
}
