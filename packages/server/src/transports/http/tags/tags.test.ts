import { expect, test } from 'vitest'
import { isKnown, namedRevisions, pageEtag } from './tags.ts'

const added = ['-gzip', '--gzip', ';gzip', '-br', '-zstd', '-deflate']

/** The tag of the first query whose tag ends so. */
function tagThatEnds(ending: string): string {
  for (let limit = 1; ; limit++) {
    const tag = pageEtag(`limit=${limit}`, 'e.5')
    if (tag.endsWith(`${ending}"`)) return tag
  }
}

test.each(added)('[TAG9] a tag that ends with a hyphen is known with %s behind it', (suffix) => {
  const tag = tagThatEnds('-')
  expect(isKnown(tag, tag)).toBe(true)
  expect(isKnown(tag.replace(/"$/, `${suffix}"`), tag)).toBe(true)
})

test('[TAG9] what no proxy adds makes another tag', () => {
  const tag = tagThatEnds('-')
  for (const other of [tag.replace(/-"$/, '"'), tag.replace(/"$/, '-gzipped"'), tag.replace(/"$/, 'gzip"')]) {
    expect(isKnown(other, tag)).toBe(false)
  }
})

test('[TAG9] a precondition names the revision before what a proxy added', () => {
  for (const suffix of ['', ...added]) expect(namedRevisions(`"abc-12${suffix}"`)).toEqual([{ epoch: 'abc', rev: 12 }])
  for (const other of ['abc-12-', 'abc-12x', 'abc-12345678901234567', 'abc-0', '-1', 'abc']) {
    expect([other, namedRevisions(`"${other}"`)]).toEqual([other, []])
  }
  expect(namedRevisions('*')).toBe('*')
})
