import { isLimitName, limitTable } from '@dovetail/protocol'
import styles from './part.module.css'

const figure = new Intl.NumberFormat()

export function LimitsPart({ limits }: { limits: Readonly<Record<string, number>> }) {
  return (
    <section className={styles.part}>
      <h2 className={styles.title}>Limits</h2>
      <table className={styles.rows}>
        <tbody>
          {Object.entries(limits).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td className={styles.figure}>{figure.format(value)}</td>
              <td className={styles.about}>{isLimitName(name) && limitTable[name].about}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
