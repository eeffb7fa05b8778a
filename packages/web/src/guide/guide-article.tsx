import { type MouseEvent, type RefObject, use, useEffect } from 'react'
import { useLocation } from 'wouter'
import { copyPressedCode } from '../markdown/copy-code.ts'
import styles from './guide-article.module.css'
import '../styles/mono.css'
import { loadPage } from './pages.ts'

export interface GuideArticleProps {
  /** A page's file name without `.md`. */
  name: string
  /** What scrolls the article. */
  scroll: RefObject<HTMLElement | null>
}

/** One page. Its HTML was made from a file of the repository when the app was built. */
export function GuideArticle({ name, scroll }: GuideArticleProps) {
  const { html } = use(loadPage(name))
  const [, navigate] = useLocation()
  useEffect(() => {
    const show = () => {
      const id = decodeURIComponent(window.location.hash.slice(1))
      const target = id === '' ? null : document.getElementById(id)
      if (target === null) scroll.current?.scrollTo(0, 0)
      else target.scrollIntoView()
    }
    show()
    window.addEventListener('hashchange', show)
    return () => window.removeEventListener('hashchange', show)
  }, [scroll])

  /** Stays within the app for links to other pages, unless the reader asked for a new window. */
  const follow = (event: MouseEvent) => {
    void copyPressedCode(event)
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    const href = (event.target as Element).closest('a')?.getAttribute('href')
    const [page, hash] = href?.startsWith('docs/guide/') ? href.split('#') : []
    if (page === undefined || page === `docs/guide/${name}`) return
    event.preventDefault()
    navigate(`/${page}${hash === undefined ? '' : `#${hash}`}`)
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a link that is pressed by key fires a click
    // biome-ignore lint/security/noDangerouslySetInnerHtml: made from this repository's files, in which HTML is escaped
    <article className={styles.article} onClick={follow} dangerouslySetInnerHTML={{ __html: html }} />
  )
}
