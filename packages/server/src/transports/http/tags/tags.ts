/**
 * Entity tags and preconditions (RFC 9110, sections 8.8.3 and 13.1). A `W/` prefix is ignored, and so is the suffix of
 * a proxy.
 */
import { createHash } from 'node:crypto'
import { formatEtag } from 'dovetail-protocol'
import type { Tag } from '../../../core/write/decide.ts'

/** The opaque tags of a header, without quotes; `*` is kept as it is. */
function opaqueTags(header: string): '*' | string[] {
  if (header.trim() === '*') return '*'
  return [...header.matchAll(/(?:W\/)?"([^"]*)"/g)].map((match) => match[1] ?? '')
}

/** The suffix that a compressing proxy adds to an entity tag. */
const addedByProxies = /^(?:--?|;)(?:gzip|br|deflate|zstd)$/

/** Whether If-None-Match says that the client has this version. `etag` has its quotes. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const tags = opaqueTags(header)
  if (tags === '*') return true
  const own = etag.slice(1, -1)
  // What is left behind our own tag is looked at: a tag may itself end with a hyphen.
  return tags.some((tag) => tag === own || (tag.startsWith(own) && addedByProxies.test(tag.slice(own.length))))
}

/** The revisions that a precondition names; entity tags of another form match nothing. */
export function namedRevisions(header: string): '*' | Tag[] {
  const tags = opaqueTags(header)
  if (tags === '*') return '*'
  return tags.flatMap((tag) => {
    const [, epoch, rev, added = ''] = /^([A-Za-z0-9]+)-([1-9][0-9]{0,15})(.*)$/s.exec(tag) ?? []
    const isOurs = epoch !== undefined && (added === '' || addedByProxies.test(added))
    return isOurs ? [{ epoch, rev: Number(rev) }] : []
  })
}

export const recordEtag = formatEtag

/** The entity tag of a page, from its query and cursor, since the page depends on nothing else. */
export function pageEtag(query: string, cursor: string): string {
  const digest = createHash('sha1').update(query).digest('base64url').slice(0, 12)
  return `"${cursor}-${digest}"`
}

/** The entity tag of a reply for several channels, from its whole text. */
export function textEtag(text: string): string {
  return `"${createHash('sha1').update(text).digest('base64url')}"`
}
