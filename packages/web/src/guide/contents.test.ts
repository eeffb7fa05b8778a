import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { guidePages } from './contents.ts'
import { renderPage } from './rendering/render-page.ts'

const docs = new URL('../../../../docs/', import.meta.url)
const htmlOf = new Map(
  guidePages.map((page) => [page, renderPage(page, readFileSync(new URL(`${page}.md`, docs), 'utf8')).html]),
)

test('the guide has each file of docs/, once', () => {
  const files = readdirSync(docs).filter((name) => name.endsWith('.md'))
  expect([...guidePages].sort()).toEqual(files.map((name) => name.replace('.md', '')).sort())
})

test.each(guidePages)('every link of the page %s within the guide leads to something', (page) => {
  const links = [...(htmlOf.get(page) ?? '').matchAll(/href="docs\/guide\/([^"#]+)(?:#([^"]*))?"/g)]
  for (const [link, target = '', id] of links) {
    const html = htmlOf.get(target)
    expect(html !== undefined && (id === undefined || html.includes(`id="${id}"`)), link).toBe(true)
  }
})
