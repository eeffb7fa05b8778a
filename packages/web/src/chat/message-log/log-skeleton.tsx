import styles from './log-skeleton.module.css'

const widths = ['62%', '38%', '74%', '51%', '29%', '66%']

export function LogSkeleton() {
  return (
    <div className={styles.skeleton} role="status">
      <span className="unseen">Loading messages</span>
      {widths.map((width) => (
        <div key={width} className={styles.row} aria-hidden>
          <span className={styles.face} />
          <span className={styles.text} style={{ width }} />
        </div>
      ))}
    </div>
  )
}
