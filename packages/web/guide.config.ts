/** Brings `docs/` into the built app: each page as a module, as Markdown at its address with `.md`, and for language models. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { guidePages } from './src/guide/contents.ts'
import { llmsFull, llmsList } from './src/guide/rendering/llms.ts'
import { renderPage } from './src/guide/rendering/render-page.ts'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))

export const guide: Plugin = {
  name: 'guide',
  transform(code, id) {
    if (!id.startsWith(docs) || !id.endsWith('.md')) return null
    const { html, ...rest } = renderPage(basename(id, '.md'), code)
    return pageModule(html, rest)
  },
  generateBundle() {
    const emit = (fileName: string, source: string) => this.emitFile({ type: 'asset', fileName, source })
    for (const page of guidePages) emit(`docs/guide/${page}.md`, readPage(page))
    emit('llms.txt', llmsList(readPage))
    emit('llms-full.txt', llmsFull(readPage))
  },
}

function readPage(page: string): string {
  return readFileSync(`${docs}${page}.md`, 'utf8')
}

/** The pictures become files of the app, whose addresses only the bundler knows. */
function pageModule(html: string, rest: object): string {
  const imports: string[] = []
  const parts = html.split(/(?<=<img src=")(pictures\/[^"]+)(?=")/)
  const pieces = parts.map((part, i) => {
    if (i % 2 === 0) return JSON.stringify(part)
    imports.push(`import picture${i} from ${JSON.stringify(`./${part}?url`)}`)
    return `picture${i}`
  })
  return `${imports.join('\n')}\nexport const page = { html: ${pieces.join(' + ')}, ...${JSON.stringify(rest)} }`
}
