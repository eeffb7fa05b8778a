/** A Markdown file of `docs/` as a page of the guide. This runs when the app is built, so that browsers parse nothing. */
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { guidePages } from '../contents.ts'

export interface RenderedPage {
  readonly title: string
  /** The first sentence, as text. */
  readonly summary: string
  /** Links to other pages of the guide begin with `docs/guide/`, the app's `<base>` before it. */
  readonly html: string
  readonly sections: readonly GuideSection[]
}

/** What stands under one heading, for the search. */
export interface GuideSection {
  /** The heading's id; empty for what stands under the page's title. */
  readonly id: string
  readonly title: string
  readonly text: string
}

/** Marks in the source, such as where generated text begins: no part of what is read. */
const comments = /^<!--(?:(?!-->).)*-->\n?/gms

const headings = /<h([1-6])>(.*?)<\/h\1>/gs

/** @param name the file's name without `.md` */
export function renderPage(name: string, markdown: string): RenderedPage {
  const plain = micromark(markdown.replace(comments, ''), { extensions: [gfm()], htmlExtensions: [gfmHtml()] })
  const title = textOf(/<h1>(.*?)<\/h1>/s.exec(plain)?.[1] ?? name)
  const html = withLinks(name, withRules(withIds(plain)))
  return { title, summary: summaryOf(plain), html: framed(html), sections: sectionsOf(title, html) }
}

/** The text before the first full stop that ends a sentence. */
function summaryOf(html: string): string {
  const paragraph = textOf(/<p>(.*?)<\/p>/s.exec(html)?.[1] ?? '')
  return /^.*?[.?!](?=\s|$)/s.exec(paragraph)?.[0] ?? paragraph
}

/** Gives each heading the id that GitHub gives it, since the files link to those. */
function withIds(html: string): string {
  const taken = new Map<string, number>()
  return html.replace(headings, (_heading, level: string, inner: string) => {
    const slug = textOf(inner)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const times = taken.get(slug) ?? 0
    taken.set(slug, times + 1)
    return `<h${level} id="${times === 0 ? slug : `${slug}-${times}`}">${inner}</h${level}>`
  })
}

/** A numbered rule of the protocol is a place that one can link to. */
function withRules(html: string): string {
  return html.replace(/<strong>([A-Z]{3}\d+)<\/strong>/g, '<strong id="$1">$1</strong>')
}

/** Leads links to where the guide has their page. Files that it does not have are named, without a link. */
function withLinks(name: string, html: string): string {
  return html.replace(/<a href="([^"]*)">(.*?)<\/a>/gs, (link, href: string, inner: string) => {
    if (/^https?:/.test(href)) return `<a href="${href}" target="_blank" rel="noreferrer">${inner}</a>`
    const [file = '', hash] = href.split('#')
    const page = file === '' ? name : file.replace(/\.md$/, '')
    if (!guidePages.includes(page) && page !== name) return inner
    return link.replace(`href="${href}"`, `href="docs/guide/${page}${hash === undefined ? '' : `#${hash}`}"`)
  })
}

/** What may be wider than the page scrolls within itself, and can be scrolled by keyboard. Code can be copied. */
function framed(html: string): string {
  return html
    .replace(
      /<table>.*?<\/table>/gs,
      (table) => `<div class="scrolling" role="region" aria-label="Table" tabindex="0">${table}</div>`,
    )
    .replaceAll('<pre>', '<div class="code-block"><pre tabindex="0">')
    .replaceAll('</pre>', '</pre><button type="button" data-copy>Copy</button></div>')
}

function sectionsOf(title: string, html: string): GuideSection[] {
  const starts = [...html.matchAll(/<h[1-6] id="([^"]*)">(.*?)<\/h[1-6]>/gs)]
  return starts.map((start, i) => {
    const from = start.index + start[0].length
    const text = textOf(html.slice(from, starts[i + 1]?.index))
    const isTitle = i === 0
    return { id: isTitle ? '' : (start[1] ?? ''), title: isTitle ? title : textOf(start[2] ?? ''), text }
  })
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }

function textOf(html: string): string {
  return html
    .replace(/<\/?(?:a|code|del|em|strong)\b[^>]*>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:lt|gt|quot|amp);/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/g, ' ')
    .trim()
}
