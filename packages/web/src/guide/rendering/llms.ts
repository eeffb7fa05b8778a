/** The guide for language models, as https://llmstxt.org describes it: a list of the pages, and one text of them all. */
import { guideContents, guidePages } from '../contents.ts'
import { renderPage } from './render-page.ts'

const head = `# Dovetail

> The joint between REST and WebSocket: one log per channel, read by REST, long-poll, Server-Sent Events and WebSocket from one cursor, with no gap and no repeat.
`

/** The list. Its links count from the app's beginning, where the file is. */
export function llmsList(read: (page: string) => string): string {
  const groups = guideContents.map(({ title, pages }) => {
    const links = pages.map(({ name }) => {
      const page = renderPage(name, read(name))
      return `- [${page.title}](docs/guide/${name}.md): ${page.summary}`
    })
    return `## ${title}\n\n${links.join('\n')}\n`
  })
  return [head, ...groups].join('\n')
}

/** All pages, one after the other. */
export function llmsFull(read: (page: string) => string): string {
  return [head, ...guidePages.map(read)].join('\n')
}
