import styles from './section.module.css'
import type { WorkTable } from './work-tables.ts'

/** The server's work, one table for each kind. */
export function WorkSection({ tables }: { tables: readonly WorkTable[] }) {
  return tables.map(({ title, about, columns, rows }) => (
    <section key={title} className={styles.section}>
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.about}>{about}</p>
      {rows.length > 0 && (
        <table className={styles.rows}>
          {columns.length > 0 && (
            <thead>
              <tr>
                <td />
                {columns.map((name) => (
                  <th key={name} scope="col" className={styles.column}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
          )}
          <tbody>
            {rows.map(({ name, values }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {values.map((value, i) => (
                  <td key={columns[i] ?? name} className={styles.figure}>
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  ))
}
