/** Finds sections of the guide by words of their title and text. */
import MiniSearch from 'minisearch'
import type { RenderedPage } from './rendering/render-page.ts'

export interface FoundSection {
  /** The page's name, and the section's id in it; empty: the page's beginning. */
  readonly page: string
  readonly id: string
  readonly pageTitle: string
  readonly title: string
  /** A piece of the text around the first word that was found. */
  readonly excerpt: string
  /** The words of the section that the query found, in lower case. */
  readonly terms: readonly string[]
}

type SearchGuide = (query: string) => FoundSection[]

export const mostResults = 20
const excerptLength = 160

/** @param pages the rendered pages, by name */
export function guideSearch(pages: ReadonlyMap<string, RenderedPage>): SearchGuide {
  const sections = [...pages].flatMap(([page, { title: pageTitle, sections }]) =>
    sections.map((section) => ({ ...section, page, pageTitle })),
  )
  const index = new MiniSearch({
    idField: 'key',
    fields: ['title', 'text'],
    searchOptions: {
      boost: { title: 4 },
      prefix: true,
      fuzzy: (term) => (term.length > 5 ? 0.15 : false),
      combineWith: 'AND',
    },
  })
  index.addAll(sections.map(({ title, text }, key) => ({ key, title, text })))
  return (query) =>
    index
      .search(query)
      .slice(0, mostResults)
      .flatMap(({ id: key, terms }) => {
        const section = sections[key as number]
        if (section === undefined) return []
        const { page, id, pageTitle, title, text } = section
        return [{ page, id, pageTitle, title, excerpt: excerptOf(text, terms), terms }]
      })
}

/** From the beginning of a word shortly before the first of the terms that the text has. */
function excerptOf(text: string, terms: readonly string[]): string {
  const lower = text.toLowerCase()
  const first = Math.min(...terms.map((term) => lower.indexOf(term)).filter((at) => at >= 0))
  const from = Number.isFinite(first) && first > 40 ? lower.lastIndexOf(' ', first - 40) + 1 : 0
  const isLast = from + excerptLength >= text.length
  const to = isLast ? text.length : text.lastIndexOf(' ', from + excerptLength)
  return `${from > 0 ? '… ' : ''}${text.slice(from, Math.max(to, from))}${isLast ? '' : ' …'}`
}
