import type { ReactNode } from 'react'
import styles from './shell.module.css'

export interface ShellProps {
  rail: ReactNode
  foot: ReactNode
  children: ReactNode
}

/** The rail, the page, and the foot line under both. */
export function Shell({ rail, foot, children }: ShellProps) {
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#page">
        Skip to the page
      </a>
      {rail}
      <main id="page" className={styles.page} tabIndex={-1}>
        {children}
      </main>
      <footer className={styles.foot}>{foot}</footer>
    </div>
  )
}
