import { isLimitName, limitTable } from '@dovetail/protocol'
import styles from './part.module.css'

const figure = new Intl.NumberFormat()

export function LimitsPart({ limits }: { limits: Readonly<Record<string, number>> }) {
  return (
    <section className={styles.part}>
      <h2 className={styles.title}>Limits</h2>
      <p className={styles.about}>
        What this server bounds; <code>--limit name=value</code> sets one where it is started.
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
