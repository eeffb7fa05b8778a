import { expect, test } from 'vitest'
import { renderPage } from './render-page.ts'

test('a heading gets the id that GitHub gives it, a repeated one a number', () => {
  const { html } = renderPage('client', "# The SDK\n\n## What's `new`?\n\n## What's `new`?\n")
  expect(html).toContain('<h1 id="the-sdk">The SDK</h1>')
  expect(html).toContain('<h2 id="whats-new">')
  expect(html).toContain('<h2 id="whats-new-1">')
})

test('links lead to pages of the guide, to other hosts in a window of their own, and to files nowhere', () => {
  const { html } = renderPage(
    'client',
    '[a](protocol.md#names) [b](#here) [c](https://a.example/x) [d](../examples/node/follow.mjs) [e](scaling.md)',
  )
  expect(html).toBe(
    '<p><a href="docs/guide/protocol#names">a</a> <a href="docs/guide/client#here">b</a> ' +
      '<a href="https://a.example/x" target="_blank" rel="noreferrer">c</a> d <a href="docs/guide/scaling">e</a></p>',
  )
})

test('a numbered rule can be linked to', () => {
  expect(renderPage('protocol', '**MOD4** revision and **bold**').html).toBe(
    '<p><strong id="MOD4">MOD4</strong> revision and <strong>bold</strong></p>',
  )
})

test('HTML in a file is shown as text', () => {
  expect(renderPage('client', '<img src="x" onerror="y">').html).not.toContain('<img')
})

test('sections have the text under their heading, and the summary is the first sentence', () => {
  const { title, summary, sections } = renderPage(
    'client',
    '# The `SDK`\n\nIt reads v1.2 (`a < b`). It writes.\n\n## More\n\nand | more\n',
  )
  expect(title).toBe('The SDK')
  expect(summary).toBe('It reads v1.2 (a < b).')
  expect(sections).toEqual([
    { id: '', title: 'The SDK', text: 'It reads v1.2 (a < b). It writes.' },
    { id: 'more', title: 'More', text: 'and | more' },
  ])
})

test('comments of the source are not shown', () => {
  const { html } = renderPage('compare', '# Title\n\n<!-- figures:chat -->\n\nText.\n\n<!-- /figures -->\n\nMore.\n')
  expect(html).not.toMatch(/figures|&lt;!--/)
  expect(html.match(/<p>(Text|More)\.<\/p>/g)).toHaveLength(2)
})
