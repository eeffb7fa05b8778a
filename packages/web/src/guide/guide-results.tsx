import { use, useMemo } from 'react'
import { Link } from 'wouter'
import { guidePages } from './contents.ts'
import styles from './guide-results.module.css'
import { markTerms } from './mark-terms.ts'
import { loadPage } from './pages.ts'
import { guideSearch, mostResults } from './search-guide.ts'

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
        {countOf(found.length, query)}
      </p>
      <ul className={styles.list}>
        {found.map(({ page, id, pageTitle, title, excerpt, terms }) => (
          <li key={`${page}#${id}`}>
            <Link className={styles.result} href={`/docs/guide/${page}${id === '' ? '' : `#${id}`}`} onClick={onFollow}>
              <span className={styles.title}>{withMarks(title, terms)}</span>
              {id !== '' && <span className={styles.page}>{pageTitle}</span>}
              <span className={styles.excerpt}>{withMarks(excerpt, terms)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

function countOf(count: number, query: string): string {
  if (count === 0) return `No section has “${query.trim()}”. All words have to be in one section.`
  if (count === mostResults) return `The ${count} best sections`
  return count === 1 ? 'One section' : `${count} sections`
}

function withMarks(text: string, terms: readonly string[]) {
  return markTerms(text, terms).map(({ from, part, marked }) => (marked ? <mark key={from}>{part}</mark> : part))
}
