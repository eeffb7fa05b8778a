import type { ReactNode } from 'react'
import styles from './shell.module.css'

export interface ShellProps {
  rail: ReactNode
  footer: ReactNode
  children: ReactNode
}

/**
 * shell/: what stands around every page?
 *
 * The navigation rail, the page, and the footer under both.
 */
export function Shell({ rail, footer, children }: ShellProps) {
  return (
    <div className={styles.shell}>
      {/* A fragment alone would lead to the app's beginning, by the `<base>` of the page. */}
      <a className={styles.skip} href={`${window.location.pathname}${window.location.search}#page`}>
        Skip to the page
      </a>
      {rail}
      <main id="page" className={styles.page} tabIndex={-1}>
        {children}
      </main>
      <footer className={styles.footer}>{footer}</footer>
    </div>
  )
}
