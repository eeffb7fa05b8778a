import type { ReactNode } from 'react'
import styles from './notice.module.css'

export interface NoticeProps {
  title: string
  children?: ReactNode
  /** A button or a link that helps. */
  action?: ReactNode
}

/** Stands where a page's content would be: there is none, the reader may not see it, or it failed to load. */
export function Notice({ title, children, action }: NoticeProps) {
  return (
    <div className={styles.notice}>
      <h2 className={styles.title}>{title}</h2>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {action !== undefined && action !== false && <div className={styles.action}>{action}</div>}
    </div>
  )
}
