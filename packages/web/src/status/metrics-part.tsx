import type { Metric } from './parse-metrics.ts'
import styles from './part.module.css'

const figure = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 6 })

/** What the server counts of its own work; what every Node process counts is in /metrics. */
export function MetricsPart({ metrics }: { metrics: readonly Metric[] }) {
  const own = metrics.filter(({ name }) => name.startsWith('dovetail_'))
  return (
    <section className={styles.part}>
      <h2 className={styles.title}>Work</h2>
      {own.length === 0 ? (
        <p className={styles.about}>
          Nothing is counted yet. All figures: <a href="/metrics">/metrics</a>
        </p>
      ) : (
        <table className={styles.rows}>
          <tbody>
            {own.map(({ name, labels, value, help }) => (
              <tr key={name + labels} title={name}>
                <th scope="row">
                  {help || name} {labels !== '' && <code className={styles.about}>{labels.slice(1, -1)}</code>}
                </th>
                <td className={styles.figure}>{figure.format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
