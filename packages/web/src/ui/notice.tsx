import type { ReactNode } from 'react'
import styles from './notice.module.css'

export interface NoticeProps {
  title: string
  children?: ReactNode
  /** What one can do about it. */
  action?: ReactNode
}

/** What a page shows where its content would be: empty, no right to see, an error. */
export function Notice({ title, children, action }: NoticeProps) {
  return (
    <div className={styles.notice}>
      <h2 className={styles.title}>{title}</h2>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {action !== undefined && action !== false && <div className={styles.action}>{action}</div>}
    </div>
  )
}
