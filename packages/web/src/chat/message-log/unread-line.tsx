import styles from './lines.module.css'

export function UnreadLine() {
  return (
    <div className={styles.line} data-unread="">
      <h3 className={styles.unread}>New</h3>
    </div>
  )
}
