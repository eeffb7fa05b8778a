import type { ReactNode } from 'react'
import { classNames } from '../../ui/class-names.ts'
import sectionStyles from '../section.module.css'
import styles from './operator.module.css'

export interface Column<Row> {
  readonly title: string
  readonly of: (row: Row) => ReactNode
  /** Figures stand at the end of their column; `wide` columns give way on a phone. */
  readonly kind?: 'text' | 'figure'
  readonly isWide?: boolean
}

export interface DataTableProps<Row> {
  readonly title: string
  readonly about: string
  /** Shown in place of a table without rows. */
  readonly none: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row, index: number) => string
}

/** A titled table. What is wider than the page scrolls by itself. */
export function DataTable<Row>({ title, about, none, columns, rows, keyOf }: DataTableProps<Row>) {
  const classOf = ({ kind, isWide }: Column<Row>, figure: string | undefined) =>
    classNames(kind === 'figure' ? figure : undefined, isWide === true ? styles.wide : undefined)
  return (
    <section className={sectionStyles.section}>
      <h2 className={sectionStyles.title}>{title}</h2>
      <p className={sectionStyles.about}>{rows.length === 0 ? none : about}</p>
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className={classNames('scrolling', styles.scroll)} tabIndex={0} aria-label={title}>
          <table className={classNames(sectionStyles.rows, styles.table)}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th
                    key={column.title}
                    scope="col"
                    className={classNames(styles.column, classOf(column, sectionStyles.column))}
                  >
                    {column.title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={keyOf(row, index)}>
                  {columns.map((column) => (
                    <td key={column.title} className={classOf(column, sectionStyles.figure)}>
                      {column.of(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}
