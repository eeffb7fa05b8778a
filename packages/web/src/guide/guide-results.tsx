import { use, useMemo } from 'react'
import { Link } from 'wouter'
import { guidePages } from './contents.ts'
import styles from './guide-results.module.css'
import { loadPage } from './pages.ts'
import { guideSearch } from './search-guide.ts'

let search: Promise<ReturnType<typeof guideSearch>> | null = null

/** Loads all pages when somebody searches for the first time. */
function loadSearch(): Promise<ReturnType<typeof guideSearch>> {
  search ??= Promise.all(guidePages.map(async (name) => [name, await loadPage(name)] as const)).then((pages) =>
    guideSearch(new Map(pages)),
  )
  search.catch(() => {
    search = null
  })
  return search
}

export interface GuideResultsProps {
  query: string
  onFollow: () => void
}

/** The sections that have the words. */
export function GuideResults({ query, onFollow }: GuideResultsProps) {
  const find = use(loadSearch())
  const found = useMemo(() => find(query), [find, query])
  return (
    <div className={styles.results}>
      <p role="status" className={styles.count}>
        {found.length === 0 ? `No section has “${query.trim()}”.` : `Sections: ${found.length}`}
      </p>
      <ul className={styles.list}>
        {found.map(({ page, id, pageTitle, title, excerpt }) => (
          <li key={`${page}#${id}`}>
            <Link className={styles.result} href={`/docs/guide/${page}${id === '' ? '' : `#${id}`}`} onClick={onFollow}>
              <span className={styles.title}>{title}</span>
              {id !== '' && <span className={styles.page}>{pageTitle}</span>}
              <span className={styles.excerpt}>{excerpt}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}
