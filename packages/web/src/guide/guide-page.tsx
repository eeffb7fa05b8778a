import { lazy, Suspense, useRef, useState } from 'react'
import { NotFound } from '../shell/not-found.tsx'
import { Delayed } from '../ui/delayed.tsx'
import { Notice } from '../ui/notice.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { guideContents, guidePages } from './contents.ts'
import { GuideArticle } from './guide-article.tsx'
import { GuideContents } from './guide-contents.tsx'
import styles from './guide-page.module.css'

const GuideResults = lazy(() => import('./guide-results.tsx').then((module) => ({ default: module.GuideResults })))

/**
 * guide/: what do the documents say?
 *
 * The pages of the repository's `docs/`, and a search in them.
 */
export function GuidePage({ name }: { name: string | null }) {
  const shown = name ?? guidePages[0]
  return shown === undefined || !guidePages.includes(shown) ? <NotFound /> : <Guide shown={shown} />
}

function Guide({ shown }: { shown: string }) {
  usePageTitle(titleOf(shown))
  const [query, setQuery] = useState('')
  const scroll = useRef<HTMLElement>(null)
  const closeSearch = () => setQuery('')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section ref={scroll} className={styles.scroll} tabIndex={0} aria-label="Documentation">
      <div className={styles.page}>
        <div className={styles.side}>
          <input
            type="search"
            className={styles.search}
            aria-label="Search the documentation"
            placeholder="Search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
          <GuideContents shown={shown} onFollow={closeSearch} />
        </div>
        <Suspense fallback={<Loading />}>
          {query.trim() === '' ? (
            <GuideArticle key={shown} name={shown} scroll={scroll} />
          ) : (
            <GuideResults query={query} onFollow={closeSearch} />
          )}
        </Suspense>
      </div>
    </section>
  )
}

function titleOf(name: string): string {
  const entries = guideContents.flatMap(({ pages }) => pages)
  return entries.find((entry) => entry.name === name)?.title ?? 'Documentation'
}

function Loading() {
  return (
    <Delayed>
      <Notice title="Loading" />
    </Delayed>
  )
}
