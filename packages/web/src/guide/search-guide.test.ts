import { expect, test } from 'vitest'
import { renderPage } from './rendering/render-page.ts'
import { guideSearch } from './search-guide.ts'

const search = guideSearch(
  new Map([
    ['client', renderPage('client', '# The SDK\n\nIt reads and writes.\n\n## Presence\n\nWho is here, by lease.')],
    ['protocol', renderPage('protocol', `# Protocol\n\n${'many words '.repeat(30)} then presence is told.`)],
  ]),
)

test('a section with the word in its title comes before one that has it in its text', () => {
  expect(search('presence').map(({ page, id }) => `${page}#${id}`)).toEqual(['client#presence', 'protocol#'])
})

test('the beginning of a word, and a word with a wrong letter, find it', () => {
  expect(search('prese')).toHaveLength(2)
  expect(search('presance')).toHaveLength(2)
})

test('all words have to be there', () => {
  expect(search('presence lease').map(({ page }) => page)).toEqual(['client'])
  expect(search('presence nowhere')).toEqual([])
})

test('the excerpt begins shortly before the word that was found', () => {
  expect(search('told')[0]?.excerpt).toMatch(/^… .{0,60}presence is told\.$/)
})
