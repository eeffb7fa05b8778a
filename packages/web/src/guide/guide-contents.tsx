import { Link } from 'wouter'
import { serverPath } from '../session/app-base.ts'
import { guideContents } from './contents.ts'
import styles from './guide-contents.module.css'

export interface GuideContentsProps {
  /** The name of the page that is shown. */
  shown: string
  onFollow: () => void
}

/** The list of pages; on narrow windows it is folded. */
export function GuideContents({ shown, onFollow }: GuideContentsProps) {
  return (
    <nav aria-label="Documentation">
      <details className={styles.fold} open={window.innerWidth >= 760}>
        <summary className={styles.summary}>Contents</summary>
        {guideContents.map(({ title, pages }) => (
          <div key={title} className={styles.group}>
            <h2 className={styles.title}>{title}</h2>
            <ul>
              {pages.map((page) => (
                <li key={page.name}>
                  <Link
                    href={`/docs/guide/${page.name}`}
                    className={styles.link}
                    aria-current={page.name === shown ? 'page' : undefined}
                    onClick={onFollow}
                  >
                    {page.title}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
        <div className={styles.group}>
          <h2 className={styles.title}>For programs</h2>
          <ul>
            <li>
              <a className={styles.link} href={serverPath('/docs')}>
                REST API
              </a>
            </li>
            <li>
              <a className={styles.link} href={serverPath('/docs/errors')}>
                Error codes
              </a>
            </li>
            <li>
              <a className={styles.link} href={serverPath('/llms.txt')}>
                llms.txt
              </a>
            </li>
          </ul>
        </div>
      </details>
    </nav>
  )
}
