import { isLimitName, limitTable } from 'dovetail-protocol'
import styles from './section.module.css'

const figure = new Intl.NumberFormat()

export function LimitsSection({ limits }: { limits: Readonly<Record<string, number>> }) {
  return (
    <section className={styles.section}>
      <h2 className={styles.title}>Limits</h2>
      <p className={styles.about}>
        The limits of this server; <code>--limit name=value</code> sets one at its start.
      </p>
      <table className={styles.rows}>
        <tbody>
          {Object.entries(limits).map(([name, value]) => (
            <tr key={name}>
              <th scope="row" className={styles.limit}>
                <code>{name}</code>
                {isLimitName(name) && <div className={styles.about}>{limitTable[name].about}</div>}
              </th>
              <td className={styles.figure}>{figure.format(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
